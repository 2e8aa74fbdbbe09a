"""Calendars to and from other programs: iCalendar files and CalDAV servers."""
