"""What is in a folder of SQL files: in which order it is applied, and what in it could not work. Pure: texts go in."""
