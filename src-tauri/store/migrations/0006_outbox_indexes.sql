-- Counted for each mail that is taken up: what is leaving now, by account.
CREATE INDEX emails_under_way ON emails (account_id) WHERE status = 'transmitting';
