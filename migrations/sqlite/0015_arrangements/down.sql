DROP TABLE trail;
DROP TABLE arrangements;
