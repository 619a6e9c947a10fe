"""Who developers are in the tools, from a list of e-mail, application type and cloud ID: rows → planning → applying."""
