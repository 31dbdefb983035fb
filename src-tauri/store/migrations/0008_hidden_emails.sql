-- The user took it out of the lists; the record of what was sent stays.
ALTER TABLE emails ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
