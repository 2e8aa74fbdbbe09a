"""What is shipped beside the code: fonts, icons, styles, templates, knowledge and models."""
