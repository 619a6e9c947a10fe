"""Pages of who may do what: members, invitations and roles, as kinds of their own."""
