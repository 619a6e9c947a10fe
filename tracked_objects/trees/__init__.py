"""The pages of org trees that grow from managers: the wizard that makes one, the tree view and the table view."""
