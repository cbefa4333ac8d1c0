-- Stored data stays unchanged, even for somebody who uses the sqlite3 shell: events and links are never updated or deleted, and streams
-- with their numbering are never deleted or renamed. INSERT OR REPLACE fires no delete triggers, so inserting over an existing key is
-- refused as well.

-- The store's own removals drop the guards against deletes and create them again, in one transaction: nobody else ever sees the file
-- without them.

CREATE TRIGGER "{schema}_events_are_not_updated" BEFORE UPDATE ON "{schema}_events"
BEGIN
    SELECT RAISE(ABORT, 'UPDATE of events is refused: stored events never change. Append an event that corrects the earlier one.');
END;

CREATE TRIGGER "{schema}_events_are_not_deleted" BEFORE DELETE ON "{schema}_events"
BEGIN
    SELECT RAISE(ABORT, 'DELETE of events is refused: stored events never change. Append an event that corrects the earlier one.');
END;

CREATE TRIGGER "{schema}_events_are_not_replaced" BEFORE INSERT ON "{schema}_events"
WHEN EXISTS (SELECT 1 FROM "{schema}_events" WHERE event_id = NEW.event_id)
    OR EXISTS (SELECT 1 FROM "{schema}_events" WHERE stream_id = NEW.stream_id AND version = NEW.version)
    OR EXISTS (SELECT 1 FROM "{schema}_events" WHERE position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'INSERT of an event is refused: its position, its event_id or its place in the stream is taken.');
END;

CREATE TRIGGER "{schema}_links_are_not_updated" BEFORE UPDATE ON "{schema}_stream_links"
BEGIN
    SELECT RAISE(ABORT, 'UPDATE of links is refused: stored events never change.');
END;

-- Fires even when a foreign key deletes them.
CREATE TRIGGER "{schema}_links_are_not_deleted" BEFORE DELETE ON "{schema}_stream_links"
BEGIN
    SELECT RAISE(ABORT, 'DELETE of links is refused: stored events never change.');
END;

CREATE TRIGGER "{schema}_links_are_not_replaced" BEFORE INSERT ON "{schema}_stream_links"
WHEN EXISTS (SELECT 1 FROM "{schema}_stream_links" WHERE stream_id = NEW.stream_id AND number = NEW.number)
    OR EXISTS (SELECT 1 FROM "{schema}_stream_links" WHERE position = NEW.position AND stream_id = NEW.stream_id)
    OR EXISTS (SELECT 1 FROM "{schema}_stream_links" WHERE rowid = NEW.rowid)
BEGIN
    SELECT RAISE(ABORT, 'INSERT of a link is refused: its number or its event is in the stream already.');
END;

CREATE TRIGGER "{schema}_streams_are_kept" BEFORE DELETE ON "{schema}_streams"
BEGIN
    SELECT RAISE(ABORT, 'DELETE of a stream is refused: stored events never change.');
END;

CREATE TRIGGER "{schema}_streams_are_not_renamed" BEFORE UPDATE OF id, tenant, name ON "{schema}_streams"
BEGIN
    SELECT RAISE(ABORT, 'UPDATE of the name or id of a stream is refused: stored events never change.');
END;

-- A subscription to a stream goes by the stream's version. If that fell, later events would take numbers that the subscription has passed.
-- AFTER, because SQLite looks a row up again after a BEFORE trigger, even if nothing falls.
CREATE TRIGGER "{schema}_streams_versions_only_rise" AFTER UPDATE OF version ON "{schema}_streams" WHEN NEW.version < OLD.version
BEGIN
    SELECT RAISE(ABORT, 'UPDATE of the version of a stream is refused: it only rises.');
END;

-- Readers look for links only in streams that are marked.
CREATE TRIGGER "{schema}_streams_keep_their_links" AFTER UPDATE OF has_links ON "{schema}_streams" WHEN OLD.has_links AND NOT NEW.has_links
BEGIN
    SELECT RAISE(ABORT, 'UPDATE of has_links is refused: a stream that has links keeps it.');
END;

CREATE TRIGGER "{schema}_streams_are_not_replaced" BEFORE INSERT ON "{schema}_streams"
WHEN EXISTS (SELECT 1 FROM "{schema}_streams" WHERE (tenant = NEW.tenant AND name = NEW.name) OR id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'INSERT of a stream is refused: its name or id is taken.');
END;

CREATE TRIGGER "{schema}_store_info_is_kept" BEFORE DELETE ON "{schema}_store_info"
BEGIN
    SELECT RAISE(ABORT, 'DELETE of the store''s row is refused.');
END;

-- The epoch may be changed: by changing it, somebody who has restored an earlier database tells the running processes.
CREATE TRIGGER "{schema}_store_info_is_not_changed" BEFORE UPDATE OF id, store_id, created_at, engine, position_allocator, created_by ON "{schema}_store_info"
BEGIN
    SELECT RAISE(ABORT, 'UPDATE of the store''s row is refused, but for its epoch.');
END;

CREATE TRIGGER "{schema}_store_info_is_not_replaced" BEFORE INSERT ON "{schema}_store_info"
WHEN EXISTS (SELECT 1 FROM "{schema}_store_info")
BEGIN
    SELECT RAISE(ABORT, 'INSERT of a second row for the store is refused.');
END;
