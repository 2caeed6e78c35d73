/** Migrations of a database of approvals, by `user_version`. */
export const approvalMigrations: readonly string[] = [
  // `ends` is null once it has ended. How many there are is kept by triggers, so that it never has to be counted.
  `CREATE TABLE approval (
     id TEXT PRIMARY KEY,
     version INTEGER NOT NULL,
     state TEXT NOT NULL,
     binding TEXT NOT NULL,
     issuer TEXT NOT NULL,
     sub TEXT NOT NULL,
     upstream TEXT NOT NULL,
     method TEXT NOT NULL,
     target TEXT NOT NULL,
     break_glass INTEGER NOT NULL,
     standing INTEGER NOT NULL,
     ends REAL,
     ended_at REAL,
     call TEXT NOT NULL,
     rest TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX approval_open ON approval (binding) WHERE ends IS NOT NULL;
   CREATE INDEX approval_by_end ON approval (ends, id) WHERE ends IS NOT NULL;
   CREATE INDEX approval_ended ON approval (ended_at) WHERE ended_at IS NOT NULL;
   CREATE INDEX approval_pending ON approval (issuer, sub) WHERE state = 'pending';
   CREATE INDEX approval_in_force ON approval (issuer, sub, upstream, target)
     WHERE standing = 1 AND state = 'granted';
   CREATE INDEX approval_by_state ON approval (state, id);
   CREATE INDEX approval_by_caller ON approval (sub, id);
   CREATE INDEX approval_by_target ON approval (target, id);
   CREATE INDEX approval_by_both ON approval (sub, target, id);
   CREATE INDEX approval_by_binding ON approval (binding, state, id);
   CREATE INDEX approval_break_glass ON approval (id) WHERE break_glass = 1;
   CREATE INDEX approval_standing ON approval (id) WHERE standing = 1;
   CREATE TABLE notice (
     id TEXT PRIMARY KEY,
     approval TEXT NOT NULL,
     channel TEXT NOT NULL,
     news TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     due REAL NOT NULL
   ) STRICT;
   CREATE INDEX notice_by_due ON notice (channel, due, id);
   CREATE INDEX notice_of_approval ON notice (approval);
   CREATE TABLE open_approvals (pending INTEGER NOT NULL, granted INTEGER NOT NULL) STRICT;
   INSERT INTO open_approvals (pending, granted) VALUES (0, 0);
   CREATE TRIGGER approval_opened AFTER INSERT ON approval BEGIN
     UPDATE open_approvals SET
       pending = pending + (new.state = 'pending'),
       granted = granted + (new.state = 'granted');
   END;
   CREATE TRIGGER approval_replaced AFTER UPDATE OF state ON approval
   WHEN old.state <> new.state BEGIN
     UPDATE open_approvals SET
       pending = pending + (new.state = 'pending') - (old.state = 'pending'),
       granted = granted + (new.state = 'granted') - (old.state = 'granted');
   END;`,
];
