-- What is needed to answer a message that came back (JSON), and which message a draft answers (JSON).
ALTER TABLE history ADD COLUMN thread TEXT;
ALTER TABLE drafts ADD COLUMN answers TEXT;
