"""Words of patients and doctors for one thing, and how patients ask."""
