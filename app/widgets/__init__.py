"""Small Qt parts that know no medicine."""
