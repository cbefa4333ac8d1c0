-- Subscriptions.StreamHead
SELECT id, version FROM "eventstore_streams" WHERE tenant = '' AND name = @stream

-- Subscriptions.Heads
SELECT name, id, version, deleted_at IS NOT NULL, NULL
FROM "eventstore_streams"
WHERE tenant = '' AND name IN (SELECT value FROM json_each(@streams))
UNION ALL
SELECT NULL, 0, coalesce(max(position), 0), false, NULL FROM "eventstore_events"

-- Subscriptions.Create
WITH RECURSIVE p (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM p WHERE number + 1 < @partitions)
INSERT INTO "eventstore_subscriptions" (name, stream, "partition", partitions, position, stream_id, definition, handles, handler)
SELECT @name, @stream, number, @partitions, @position, @stream_id, @handles IS NOT NULL, @handles, @handler
FROM p
WHERE NOT EXISTS (SELECT 1 FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream)

-- Subscriptions.Definition
SELECT partitions, definition, handles, id
FROM "eventstore_subscriptions"
WHERE name = @name AND stream = @stream AND "partition" = 0

-- Subscriptions.Define
UPDATE "eventstore_subscriptions"
SET definition = definition + 1, handles = @handles, is_covered = owner IS NOT NULL AND covers IS NULL,
    requested_by = CASE
        WHEN owner IS NOT NULL AND covers IS NULL THEN requested_by
        ELSE coalesce(@owner, requested_by) END,
    defined_after = CASE
        WHEN stream = '$all' THEN (SELECT coalesce(max(position), 0) FROM "eventstore_events")
        ELSE coalesce((SELECT version FROM "eventstore_streams" WHERE tenant = '' AND name = @stream), 0) END
WHERE name = @name AND stream = @stream AND definition = @definition

-- Subscriptions.Acquire
UPDATE "eventstore_subscriptions"
SET owner = @owner, epoch = epoch + 1, requested_by = NULL, lease_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds'), lease_seconds = @lease,
    covers = @covers, is_covered = @is_covered, handler = coalesce(@handler, handler),
    is_suspected = is_suspected OR (owner IS NOT NULL AND owner <> @owner)
WHERE name = @name AND stream = @stream AND "partition" = @partition AND partitions = @partitions AND definition = @definition
  AND ((NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now') OR owner = @owner OR (owner IS NULL AND requested_by = @owner))) OR (NOT is_paused AND epoch = @still_epoch AND lease_expires_at = @still_mark))
RETURNING id, epoch, position, stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, NULL

-- Subscriptions.Renew
UPDATE "eventstore_subscriptions"
SET lease_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')
WHERE id IN (SELECT value FROM json_each(@ids)) AND owner = @owner
RETURNING id, name, stream, "partition", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions, coalesce(NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now') OR owner = @owner OR (owner IS NULL AND requested_by = @owner)), false), (julianday(lease_expires_at) - julianday('now')) * 86400.0, lease_expires_at, lease_seconds

-- Subscriptions.Look
SELECT id, name, stream, "partition", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions, coalesce(NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now') OR owner = @owner OR (owner IS NULL AND requested_by = @owner)), false), (julianday(lease_expires_at) - julianday('now')) * 86400.0, lease_expires_at, lease_seconds
FROM "eventstore_subscriptions"
WHERE id IN (SELECT value FROM json_each(@ids))
UNION ALL
SELECT id, name, stream, "partition", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions, coalesce(NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now') OR owner = @owner OR (owner IS NULL AND requested_by = @owner)), false), (julianday(lease_expires_at) - julianday('now')) * 86400.0, lease_expires_at, lease_seconds
FROM "eventstore_subscriptions"
WHERE (name, stream) IN (SELECT json_extract(value, '$.name'), json_extract(value, '$.stream') FROM json_each(@waiting))
  AND NOT id IN (SELECT value FROM json_each(@ids))

-- Subscriptions.Inspect
SELECT owner IS NOT NULL, epoch = @epoch, position, NULL, true
FROM "eventstore_subscriptions"
WHERE id = @id

-- Subscriptions.Checkpoint
UPDATE "eventstore_subscriptions"
SET position = max(position, @position), last_error = NULL, last_error_at = NULL, lease_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition, definition) AND true

-- Subscriptions.CheckpointBefore
UPDATE "eventstore_subscriptions"
SET position = max(position, min(@position, defined_after))
WHERE id = @id AND epoch = @epoch AND definition = @definition + 1 AND true

-- Subscriptions.Cover
UPDATE "eventstore_subscriptions"
SET is_covered = @is_covered
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Project
UPDATE "eventstore_subscriptions"
SET position = @position, last_error = NULL, last_error_at = NULL, lease_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition, definition) AND position < @first
  AND true

-- Subscriptions.Position
SELECT position FROM "eventstore_subscriptions" WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition, definition)

-- Subscriptions.Hold
UPDATE "eventstore_subscriptions"
SET position = max(position, coalesce(@position, 0)), lease_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition, definition) AND true

-- Subscriptions.SetStream
UPDATE "eventstore_subscriptions"
SET stream_id = @stream_id, position = coalesce(@position, position),
    finished_before = CASE WHEN @position IS NULL THEN finished_before END
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition, definition)

-- Subscriptions.Release
UPDATE "eventstore_subscriptions"
SET owner = NULL, suspect_place = NULL, lease_expires_at = CASE WHEN requested_by IS NOT NULL THEN strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds') END,
    lease_seconds = @lease
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Suspect
UPDATE "eventstore_subscriptions"
SET is_suspected = @is_suspected, suspect_place = @alone, process_ends = @ends
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Fail
UPDATE "eventstore_subscriptions"
SET last_error = @error, last_error_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Request
UPDATE "eventstore_subscriptions"
SET requested_by = @owner
WHERE id = @id AND epoch = @epoch AND owner <> @owner AND requested_by IS NULL

-- Administration.Covered
SELECT definition, handles, CASE WHEN owner IS NOT NULL AND lease_expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN covers END
FROM "eventstore_subscriptions"
WHERE name = @name AND stream = @stream

-- Administration.Lock
SELECT id, epoch
FROM "eventstore_subscriptions"
WHERE name = @name AND stream = @stream
ORDER BY id

-- Administration.LimitWait
-- none

-- Administration.Pause
UPDATE "eventstore_subscriptions" SET is_paused = @is_paused WHERE name = @name AND stream = @stream

-- Administration.Rewind
UPDATE "eventstore_subscriptions"
SET position = @position, stream_id = (SELECT id FROM "eventstore_streams" WHERE tenant = '' AND name = @stream), epoch = epoch + 1,
    owner = NULL, lease_expires_at = NULL, requested_by = NULL, last_error = NULL, last_error_at = NULL,
    is_suspected = false, suspect_place = NULL, process_ends = NULL, finished_before = NULL
WHERE name = @name AND stream = @stream

-- Administration.Delete
DELETE FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream

-- Administration.Touch
UPDATE "eventstore_subscriptions" SET replays = replays + 1 WHERE name = @name AND stream = @stream

-- Administration.LastParkedKey
SELECT max(key) FROM "eventstore_parked_events" WHERE subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream)

-- Administration.ParkedKeys
SELECT max(key)
FROM (
    SELECT key
    FROM "eventstore_parked_events"
    WHERE subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream) AND is_replay_requested = false AND (@after IS NULL OR key > @after) AND key <= @last
    ORDER BY key
    LIMIT @count) AS first

-- Administration.Replay
UPDATE "eventstore_parked_events" SET is_replay_requested = true
WHERE subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream) AND is_replay_requested = false AND (@after IS NULL OR key > @after) AND key <= @through

-- Administration.ReplayKey
UPDATE "eventstore_parked_events" SET is_replay_requested = true
WHERE subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream) AND is_replay_requested = false AND key = @key

-- Administration.Discard
DELETE FROM "eventstore_parked_events"
WHERE subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream) AND (@key IS NULL OR key = @key) AND (@event_id IS NULL OR event_id = @event_id)

-- Administration.ListParked
SELECT e.position, s.name, e.version, e.event_id, e.type, e.schema_version, e.data, e.data_binary, e.metadata, e.correlation_id, e.causation_id, e.created_at, e.content_type,
    p.place, p.key, p.error, p.attempts, p.parked_at, p.event_id, p.position, p.is_replay_requested, p.id
FROM "eventstore_parked_events" AS p
LEFT JOIN "eventstore_events" AS e ON e.position = p.position AND e.event_id = p.event_id
LEFT JOIN "eventstore_streams" AS s ON s.id = e.stream_id
WHERE p.subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream) AND (p.place, p.id) > (@place, @id)
ORDER BY p.place, p.id
LIMIT @count

-- Administration.LagInAll
SELECT
    (SELECT coalesce(max(position), 0) FROM "eventstore_events"),
    (SELECT count(*) FROM (SELECT 1 FROM "eventstore_events" WHERE position > @position LIMIT @count) AS behind),
    (SELECT created_at FROM "eventstore_events" WHERE position > @position ORDER BY position LIMIT 1),
    strftime('%Y-%m-%d %H:%M:%f', 'now')

-- Administration.LagInStream
WITH t AS (
    SELECT id, version, CASE WHEN coalesce(@stream_id, id) = id THEN @position ELSE 0 END AS place
    FROM "eventstore_streams"
    WHERE tenant = '' AND name = @stream),
first AS (
    SELECT * FROM (
        SELECT e.version AS number, e.created_at
        FROM t
        JOIN "eventstore_events" AS e ON e.stream_id = t.id AND e.version > t.place
        ORDER BY e.version
        LIMIT 1)
    UNION ALL
    SELECT * FROM (
        SELECT l.number, e.created_at
        FROM t
        JOIN "eventstore_stream_links" AS l ON l.stream_id = t.id AND l.number > t.place
        JOIN "eventstore_events" AS e ON e.position = l.position
        ORDER BY l.number
        LIMIT 1))
SELECT
    coalesce((SELECT version FROM t), 0),
    coalesce((SELECT min(max(version - place, 0), @count) FROM t), 0),
    (SELECT created_at FROM first ORDER BY number LIMIT 1),
    strftime('%Y-%m-%d %H:%M:%f', 'now')

-- Administration.Progress
SELECT s."partition", CASE WHEN s.stream_id <> t.id THEN 0 ELSE s.position END, p.key, p.error, p.is_replay_requested, s.epoch,
    s.definition
FROM "eventstore_subscriptions" AS s
LEFT JOIN "eventstore_streams" AS t ON t.tenant = '' AND t.name = s.stream
LEFT JOIN "eventstore_parked_events" AS p ON p.subscription_id = s.id AND p.place = @position
WHERE s.name = @name AND s.stream = @stream

-- Parked.Keys
SELECT DISTINCT key FROM "eventstore_parked_events" WHERE subscription_id = @id

-- Parked.Park
INSERT INTO "eventstore_parked_events" (subscription_id, key, place, event_id, position, error, attempts, is_replay_requested)
VALUES (@id, @key, @place, @event_id, @position, @error, @attempts,
    @is_replayed OR EXISTS (SELECT 1 FROM "eventstore_parked_events" WHERE subscription_id = @id AND key = @key AND is_replay_requested))
ON CONFLICT (subscription_id, place) DO NOTHING

-- Parked.ParkBehind
INSERT INTO "eventstore_parked_events" (subscription_id, key, place, event_id, position, attempts, is_replay_requested)
SELECT @id, w.key, w.place, w.event_id, w.position, 0,
    w.is_replayed OR EXISTS (SELECT 1 FROM "eventstore_parked_events" WHERE subscription_id = @id AND key = w.key AND is_replay_requested)
    OR NOT EXISTS (SELECT 1 FROM "eventstore_parked_events" WHERE subscription_id = @id AND key = w.key)
FROM (SELECT json_extract(value, '$.key') AS key, json_extract(value, '$.place') AS place,
    json_extract(value, '$.event_id') AS event_id, json_extract(value, '$.position') AS position,
    json_extract(value, '$.is_replayed') AS is_replayed
FROM json_each(@rows)) AS w
WHERE true
ORDER BY w.place
ON CONFLICT (subscription_id, place) DO NOTHING

-- Parked.NextReplays
SELECT id, place, key, event_id, position, error, attempts
FROM "eventstore_parked_events"
WHERE subscription_id = @id AND is_replay_requested = true
ORDER BY place
LIMIT @count

-- Parked.Remove
DELETE FROM "eventstore_parked_events" WHERE subscription_id = @id AND place = @place

-- Parked.RemoveAll
DELETE FROM "eventstore_parked_events" WHERE subscription_id = @id AND place IN (SELECT value FROM json_each(@ids))

-- Parked.IsParked
SELECT 1 FROM "eventstore_parked_events" WHERE subscription_id = @id AND place = @place

-- Parked.KeysAmong
SELECT DISTINCT key FROM "eventstore_parked_events" WHERE subscription_id = @id AND key IN (SELECT value FROM json_each(@keys))

-- Parked.Fail
UPDATE "eventstore_parked_events" SET error = @error, attempts = attempts + @tries WHERE subscription_id = @id AND place = @place

-- Parked.EndReplay
UPDATE "eventstore_parked_events" SET is_replay_requested = false
WHERE subscription_id = @id AND key = @key AND is_replay_requested = true

-- Parked.Clear
DELETE FROM "eventstore_parked_events" WHERE subscription_id = @id

-- Projections.Prepare
PRAGMA busy_timeout = 30000

-- Projections.Limit
-- none

-- Projections.Written
SELECT total_changes()

-- Projections.Mark
SELECT file FROM pragma_database_list WHERE name = 'main'

-- Projections.HasTable
SELECT @schema IS @schema AND EXISTS (
    SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = @table COLLATE NOCASE)

-- Projections.IsMarked
SELECT (SELECT file FROM pragma_database_list WHERE name = 'main') = @mark

-- Streams.Delete
UPDATE "eventstore_streams"
SET deleted_at = strftime('%Y-%m-%d %H:%M:%f', 'now'), last_activity_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
WHERE tenant = '' AND name = @name AND deleted_at IS NULL AND (@expected IS NULL OR version = @expected)

-- Streams.Undelete
UPDATE "eventstore_streams"
SET deleted_at = NULL, last_activity_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
WHERE tenant = '' AND name = @name AND deleted_at IS NOT NULL

-- Snapshots.Record
INSERT INTO "eventstore_snapshots" AS s (source, type, version, content_type, data, data_binary, metadata)
VALUES (@source, @type, @version, @content_type, CAST(@data AS TEXT), @data_binary, CAST(@metadata AS TEXT))
ON CONFLICT (source, type) DO UPDATE
SET version = excluded.version, content_type = excluded.content_type, data = excluded.data, data_binary = excluded.data_binary,
    metadata = excluded.metadata, created_at = excluded.created_at
WHERE s.version <= excluded.version

-- Snapshots.Read
SELECT version, content_type, data, data_binary, metadata, created_at
FROM "eventstore_snapshots"
WHERE source = @source AND type = @type

-- Snapshots.Delete
DELETE FROM "eventstore_snapshots" WHERE source = @source AND type = @type

-- Shapes.Shape
SELECT name, partitions FROM "eventstore_subscriptions" WHERE id = @id

-- Shapes.Relatives
SELECT name, stream, min(partitions), min(position), count(CASE WHEN lease_expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN 1 END) > 0
FROM "eventstore_subscriptions"
WHERE name = @name OR (stream = @stream AND handler = @handler)
GROUP BY name, stream
ORDER BY name, stream

-- Shapes.Partitions
SELECT id, "partition", position, stream_id, epoch, is_suspected, suspect_place, process_ends,
    coalesce(owner IS NOT NULL AND lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now'), false), finished_before,
    (SELECT s.id FROM "eventstore_streams" AS s WHERE s.tenant = '' AND s.name = @stream) AS current_stream
FROM "eventstore_subscriptions"
WHERE name = @name AND stream = @stream
ORDER BY id

-- Shapes.Reshape
UPDATE "eventstore_subscriptions"
SET partitions = @partitions, position = @position, stream_id = @stream_id, epoch = @epoch, definition = definition + 1,
    owner = NULL, lease_expires_at = NULL, requested_by = NULL, covers = NULL, is_covered = true,
    is_suspected = @is_suspected, suspect_place = NULL, process_ends = @ends, finished_before = @finished_before,
    last_error = CASE WHEN "partition" = 0 THEN latest.error END, last_error_at = CASE WHEN "partition" = 0 THEN latest.at END
FROM (
    SELECT last_error AS error, last_error_at AS at
    FROM "eventstore_subscriptions"
    WHERE name = @name AND stream = @stream
    ORDER BY last_error_at DESC NULLS LAST
    LIMIT 1) AS latest
WHERE name = @name AND stream = @stream

-- Shapes.AddPartitions
WITH RECURSIVE added (number) AS (
    SELECT @count WHERE @count < @partitions
    UNION ALL
    SELECT number + 1 FROM added WHERE number + 1 < @partitions)
INSERT INTO "eventstore_subscriptions" (name, stream, "partition", partitions, position, stream_id, is_paused, replays, epoch,
    definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at)
SELECT name, stream, added.number, partitions, position, stream_id, is_paused, replays, epoch,
    definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at
FROM "eventstore_subscriptions", added
WHERE name = @name AND stream = @stream AND "partition" = 0

-- Shapes.RemovePartitions
DELETE FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream AND "partition" >= @partitions

-- Shapes.RemoveParkedTwice
DELETE FROM "eventstore_parked_events"
WHERE id IN (
    SELECT id
    FROM (
        SELECT id, row_number() OVER (PARTITION BY place ORDER BY id DESC) AS number
        FROM "eventstore_parked_events"
        WHERE subscription_id IN (SELECT id FROM "eventstore_subscriptions" WHERE name = @name AND stream = @stream)) AS parked
    WHERE number > 1)

-- Shapes.ParkedKeys
WITH RECURSIVE keys (key) AS (
    SELECT min(key) FROM "eventstore_parked_events" WHERE subscription_id = @id AND key >= @from
    UNION ALL
    SELECT (SELECT min(p.key) FROM "eventstore_parked_events" AS p WHERE p.subscription_id = @id AND p.key > keys.key)
    FROM keys
    WHERE keys.key IS NOT NULL)
SELECT key FROM keys WHERE key IS NOT NULL LIMIT @count

-- Shapes.MoveParked
UPDATE "eventstore_parked_events"
SET subscription_id = @target
WHERE subscription_id = @id AND key IN (SELECT value FROM json_each(@keys))

-- Shapes.Rename
UPDATE "eventstore_subscriptions"
SET name = @new_name, epoch = epoch + 1, owner = NULL, lease_expires_at = NULL, requested_by = NULL,
    is_suspected = is_suspected OR coalesce(owner IS NOT NULL AND lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now'), false),
    suspect_place = CASE WHEN coalesce(owner IS NOT NULL AND lease_expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now'), false) THEN suspect_place END
WHERE name = @name AND stream = @stream

-- Operations.Clock
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')

-- Operations.Migrations
SELECT "MigrationId" FROM "eventstore___EFMigrationsHistory"

-- Operations.Store
SELECT store_id, epoch, created_at, engine, position_allocator, created_by FROM "eventstore_store_info"

-- Operations.Subscriptions
SELECT s.name, s.stream, s."partition", s.position, s.epoch, s.owner, s.lease_expires_at, s.is_paused, s.is_covered, s.handles,
    s.last_error, s.last_error_at, s.created_at, s.is_suspected, coalesce(s.lease_expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now'), false),
    (SELECT count(*) FROM (SELECT 1 FROM "eventstore_parked_events" WHERE subscription_id = s.id LIMIT @parked) AS parked),
    (SELECT parked_at FROM "eventstore_parked_events" WHERE subscription_id = s.id ORDER BY place LIMIT 1),
    (SELECT error FROM "eventstore_parked_events" WHERE subscription_id = s.id ORDER BY place LIMIT 1),
    s.version, s.is_of_stream,
    (SELECT first.created_at
    FROM (
        SELECT * FROM (
            SELECT e.version AS number, e.created_at
            FROM "eventstore_events" AS e
            WHERE e.stream_id = s.of_stream AND e.version > s.place
            ORDER BY e.version
            LIMIT 1) AS own
        UNION ALL
        SELECT * FROM (
            SELECT l.number, e.created_at
            FROM "eventstore_stream_links" AS l
            JOIN "eventstore_events" AS e ON e.position = l.position
            WHERE l.stream_id = s.of_stream AND l.number > s.place
            ORDER BY l.number
            LIMIT 1) AS linked) AS first
    ORDER BY first.number
    LIMIT 1)
FROM (
    SELECT r.*, t.id AS of_stream, t.version AS version, coalesce(r.stream_id, t.id) = t.id AS is_of_stream,
        CASE WHEN r.stream_id <> t.id THEN 0 ELSE r.position END AS place
    FROM (SELECT * FROM "eventstore_subscriptions" ORDER BY name, stream, "partition" LIMIT @count) AS r
    LEFT JOIN "eventstore_streams" AS t ON t.tenant = '' AND t.name = r.stream) AS s
ORDER BY s.name, s.stream, s."partition"

-- Operations.Head
SELECT (SELECT coalesce(max(position), 0) FROM "eventstore_events"), (SELECT max(position) FROM "eventstore_events"), (SELECT seq FROM sqlite_sequence WHERE name = 'eventstore_events')

-- Operations.Intervals
SELECT i.low,
    (SELECT count(*)
    FROM (SELECT 1 FROM "eventstore_events" WHERE position > i.low AND position <= i.high ORDER BY position LIMIT @count) AS behind),
    (SELECT created_at FROM "eventstore_events" WHERE position > i.low ORDER BY position LIMIT 1)
FROM (SELECT json_extract(value, '$.low') AS low, json_extract(value, '$.high') AS high FROM json_each(@intervals)) AS i
ORDER BY i.low

-- PlanByIndex
-- none

