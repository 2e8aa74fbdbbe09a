"""Heat maps: methods, their faithfulness scores and grades, and the check at installation."""
