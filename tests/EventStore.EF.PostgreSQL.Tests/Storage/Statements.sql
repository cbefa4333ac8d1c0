-- Subscriptions.StreamHead
SELECT id, version FROM eventstore.streams WHERE tenant = '' AND name = @stream

-- Subscriptions.Heads
SELECT name, id, version, deleted_at IS NOT NULL, NULL::text
FROM eventstore.streams
WHERE tenant = '' AND name IN (SELECT value COLLATE "C" FROM json_array_elements_text(@streams::json))
UNION ALL
SELECT NULL, 0, coalesce(max(position), 0), false, (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))) FROM eventstore.events

-- Subscriptions.Create
WITH first AS (
    INSERT INTO eventstore.subscriptions (name, stream, partition, partitions, position, stream_id, definition, handles, handler)
    VALUES (@name, @stream, 0, @partitions, @position, @stream_id::bigint,
        CASE WHEN @handles::text IS NULL THEN 0 ELSE 1 END, @handles::text, @handler::text)
    ON CONFLICT (name, stream, partition) DO NOTHING
    RETURNING name, stream, partitions, position, stream_id, definition, handles, handler)
INSERT INTO eventstore.subscriptions (name, stream, partition, partitions, position, stream_id, definition, handles, handler)
SELECT name, stream, p, partitions, position, stream_id, definition, handles, handler
FROM first, generate_series(1, partitions - 1) p

-- Subscriptions.Definition
SELECT partitions, definition, handles, id
FROM eventstore.subscriptions
WHERE name = @name AND stream = @stream AND "partition" = 0

-- Subscriptions.Define
WITH partitions AS (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream ORDER BY id FOR UPDATE)
UPDATE eventstore.subscriptions
SET definition = definition + 1, handles = @handles, is_covered = owner IS NOT NULL AND covers IS NULL,
    requested_by = CASE
        WHEN owner IS NOT NULL AND covers IS NULL THEN requested_by
        ELSE coalesce(@owner::text, requested_by) END,
    defined_after = CASE
        WHEN stream = '$all' THEN (SELECT coalesce(max(position), 0) FROM eventstore.events
WHERE position <= pg_sequence_last_value('eventstore.events_position_seq'::regclass))
        ELSE coalesce((SELECT version FROM eventstore.streams WHERE tenant = '' AND name = @stream), 0) END
WHERE id IN (SELECT id FROM partitions) AND definition = @definition

-- Subscriptions.Acquire
UPDATE eventstore.subscriptions
SET owner = @owner, epoch = epoch + 1, requested_by = NULL, lease_expires_at = clock_timestamp() + make_interval(secs => @lease), lease_seconds = @lease,
    covers = @covers::text, is_covered = @is_covered, handler = coalesce(@handler::text, handler),
    is_suspected = is_suspected OR (owner IS NOT NULL AND owner <> @owner)
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE name = @name AND stream = @stream AND "partition" = @partition AND partitions = @partitions AND definition = @definition
  AND ((NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp() OR owner = @owner OR (owner IS NULL AND requested_by = @owner))) OR (NOT is_paused AND epoch = @still_epoch::bigint AND extract(epoch FROM lease_expires_at)::text = @still_mark::text))
RETURNING id, epoch, position, stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info)))

-- Subscriptions.Renew
UPDATE eventstore.subscriptions
SET lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
WHERE id = ANY(ARRAY(SELECT id FROM eventstore.subscriptions WHERE id = ANY(translate(@ids, '[]', '{}')::bigint[]) AND owner = @owner FOR NO KEY UPDATE SKIP LOCKED))
RETURNING id, name, stream, "partition", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions, coalesce(NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp() OR owner = @owner OR (owner IS NULL AND requested_by = @owner)), false), extract(epoch FROM lease_expires_at - clock_timestamp())::float8, extract(epoch FROM lease_expires_at)::text, lease_seconds

-- Subscriptions.Look
SELECT id, name, stream, "partition", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions, coalesce(NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp() OR owner = @owner OR (owner IS NULL AND requested_by = @owner)), false), extract(epoch FROM lease_expires_at - clock_timestamp())::float8, extract(epoch FROM lease_expires_at)::text, lease_seconds
FROM eventstore.subscriptions
WHERE id = ANY(translate(@ids, '[]', '{}')::bigint[])
UNION ALL
SELECT id, name, stream, "partition", epoch, owner, is_paused, replays, requested_by, definition, is_covered, partitions, coalesce(NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp() OR owner = @owner OR (owner IS NULL AND requested_by = @owner)), false), extract(epoch FROM lease_expires_at - clock_timestamp())::float8, extract(epoch FROM lease_expires_at)::text, lease_seconds
FROM eventstore.subscriptions
WHERE (name, stream) IN (SELECT w.name COLLATE "C", w.stream COLLATE "C" FROM json_to_recordset(@waiting::json) w (name text, stream text))
  AND NOT id = ANY(translate(@ids, '[]', '{}')::bigint[])

-- Subscriptions.Inspect
SELECT owner IS NOT NULL, epoch = @epoch, position, (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))), coalesce(@server::text = (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))), true)
FROM eventstore.subscriptions
WHERE id = @id

-- Subscriptions.Checkpoint
UPDATE eventstore.subscriptions
SET position = greatest(position, @position), last_error = NULL, last_error_at = NULL, lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unflushed, (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition) AND coalesce(@server::text = (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))), true)

-- Subscriptions.CheckpointBefore
UPDATE eventstore.subscriptions
SET position = greatest(position, least(@position, defined_after))
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch AND definition = @definition + 1 AND coalesce(@server::text = (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))), true)

-- Subscriptions.Cover
UPDATE eventstore.subscriptions
SET is_covered = @is_covered
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Project
UPDATE eventstore.subscriptions
SET position = @position, last_error = NULL, last_error_at = NULL, lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition) AND position < @first
  AND coalesce(@server::text = (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))), true)

-- Subscriptions.Position
SELECT position
FROM eventstore.subscriptions, (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition)
FOR UPDATE OF subscriptions

-- Subscriptions.Hold
UPDATE eventstore.subscriptions
SET position = greatest(position, coalesce(@position::bigint, 0)), lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait, (SELECT set_config('idle_in_transaction_session_timeout', (@lease::float8 * 1000::float8)::bigint::text, true)) AS short_pause
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition) AND coalesce(@server::text = (SELECT pg_catalog.concat_ws(
    '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM eventstore.store_info))), true)

-- Subscriptions.SetStream
UPDATE eventstore.subscriptions
SET stream_id = @stream_id, position = coalesce(@position::bigint, position),
    finished_before = CASE WHEN @position::bigint IS NULL THEN finished_before END
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition)

-- Subscriptions.Release
UPDATE eventstore.subscriptions
SET owner = NULL, suspect_place = NULL, lease_expires_at = CASE WHEN requested_by IS NOT NULL THEN clock_timestamp() + make_interval(secs => @lease) END,
    lease_seconds = @lease
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Suspect
UPDATE eventstore.subscriptions
SET is_suspected = @is_suspected, suspect_place = @alone::bigint, process_ends = @ends::text
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unflushed, (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Fail
UPDATE eventstore.subscriptions
SET last_error = @error, last_error_at = clock_timestamp()
FROM (SELECT set_config('lock_timeout', '1000', true)) AS short_wait
WHERE id = @id AND epoch = @epoch

-- Subscriptions.Request
UPDATE eventstore.subscriptions
SET requested_by = @owner
WHERE id = (
    SELECT id FROM eventstore.subscriptions
    WHERE id = @id AND epoch = @epoch AND owner <> @owner AND requested_by IS NULL
    FOR NO KEY UPDATE SKIP LOCKED)

-- Administration.Covered
SELECT definition, handles, CASE WHEN owner IS NOT NULL AND lease_expires_at > clock_timestamp() THEN covers END
FROM eventstore.subscriptions
WHERE name = @name AND stream = @stream

-- Administration.Lock
SELECT id, epoch
FROM eventstore.subscriptions
WHERE name = @name AND stream = @stream
ORDER BY id
FOR UPDATE

-- Administration.LimitWait
SELECT set_config('lock_timeout', '1000', true), set_config('idle_in_transaction_session_timeout', '15000', true)

-- Administration.Pause
UPDATE eventstore.subscriptions SET is_paused = @is_paused WHERE name = @name AND stream = @stream

-- Administration.Rewind
UPDATE eventstore.subscriptions
SET position = @position, stream_id = (SELECT id FROM eventstore.streams WHERE tenant = '' AND name = @stream), epoch = epoch + 1,
    owner = NULL, lease_expires_at = NULL, requested_by = NULL, last_error = NULL, last_error_at = NULL,
    is_suspected = false, suspect_place = NULL, process_ends = NULL, finished_before = NULL
WHERE name = @name AND stream = @stream

-- Administration.Delete
DELETE FROM eventstore.subscriptions WHERE name = @name AND stream = @stream

-- Administration.Touch
UPDATE eventstore.subscriptions SET replays = replays + 1 WHERE name = @name AND stream = @stream

-- Administration.LastParkedKey
SELECT max(key) FROM eventstore.parked_events WHERE subscription_id IN (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream)

-- Administration.ParkedKeys
SELECT max(key)
FROM (
    SELECT key
    FROM eventstore.parked_events
    WHERE subscription_id IN (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream) AND is_replay_requested = false AND (@after::text IS NULL OR key > @after::text) AND key <= @last
    ORDER BY key
    LIMIT @count) AS first

-- Administration.Replay
UPDATE eventstore.parked_events SET is_replay_requested = true
WHERE subscription_id IN (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream) AND is_replay_requested = false AND (@after::text IS NULL OR key > @after::text) AND key <= @through

-- Administration.ReplayKey
UPDATE eventstore.parked_events SET is_replay_requested = true
WHERE subscription_id IN (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream) AND is_replay_requested = false AND key = @key

-- Administration.Discard
DELETE FROM eventstore.parked_events
WHERE subscription_id IN (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream) AND (@key::text IS NULL OR key = @key::text) AND (@event_id::uuid IS NULL OR event_id = @event_id::uuid)

-- Administration.ListParked
SELECT e.position, s.name, e.version, e.event_id, e.type, e.schema_version, e.data, e.data_binary, e.metadata, e.correlation_id, e.causation_id, e.created_at, e.content_type,
    p.place, p.key, p.error, p.attempts, p.parked_at, p.event_id, p.position, p.is_replay_requested, p.id
FROM (
    SELECT p.*
    FROM eventstore.subscriptions b, LATERAL (
        SELECT *
        FROM eventstore.parked_events
        WHERE subscription_id = b.id AND place >= @place AND (place, id) > (@place, @id)
        ORDER BY place
        LIMIT @count) p
    WHERE b.name = @name AND b.stream = @stream
    ORDER BY p.place, p.id
    LIMIT @count) p
LEFT JOIN LATERAL (SELECT * FROM eventstore.events WHERE position = p.position AND event_id = p.event_id LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT * FROM eventstore.streams WHERE id = e.stream_id LIMIT 1) s ON true
ORDER BY p.place, p.id

-- Administration.LagInAll
SELECT
    (SELECT coalesce(max(position), 0) FROM eventstore.events
WHERE position <= pg_sequence_last_value('eventstore.events_position_seq'::regclass)),
    (SELECT count(*) FROM (SELECT 1 FROM eventstore.events WHERE position > @position LIMIT @count) AS behind),
    (SELECT created_at FROM eventstore.events WHERE position > @position ORDER BY position LIMIT 1),
    clock_timestamp()

-- Administration.LagInStream
SELECT coalesce(t.version, 0), coalesce(least(greatest(t.version - t.place, 0), @count), 0), first.created_at, clock_timestamp()
FROM (SELECT) one
LEFT JOIN (
    SELECT id, version, CASE WHEN coalesce(@stream_id::bigint, id) = id THEN @position ELSE 0 END AS place
    FROM eventstore.streams
    WHERE tenant = '' AND name = @stream) t ON true
LEFT JOIN LATERAL (
    (SELECT e.version AS number, e.created_at
    FROM eventstore.events e
    WHERE e.stream_id = t.id AND e.version > t.place
    ORDER BY e.version
    LIMIT 1)
    UNION ALL
    (SELECT l.number, e.created_at
    FROM eventstore.stream_links l
    JOIN eventstore.events e ON e.position = l.position
    WHERE l.stream_id = t.id AND l.number > t.place
    ORDER BY l.number
    LIMIT 1)
    ORDER BY number
    LIMIT 1) first ON true

-- Administration.Progress
SELECT s."partition", CASE WHEN s.stream_id <> t.id THEN 0 ELSE s.position END, p.key, p.error, p.is_replay_requested, s.epoch,
    s.definition
FROM eventstore.subscriptions AS s
LEFT JOIN eventstore.streams AS t ON t.tenant = '' AND t.name = s.stream
LEFT JOIN eventstore.parked_events AS p ON p.subscription_id = s.id AND p.place = @position
WHERE s.name = @name AND s.stream = @stream

-- Parked.Keys
SELECT DISTINCT key FROM eventstore.parked_events WHERE subscription_id = @id

-- Parked.Park
INSERT INTO eventstore.parked_events (subscription_id, key, place, event_id, position, error, attempts, is_replay_requested)
VALUES (@id, @key, @place, @event_id, @position, @error::text, @attempts,
    @is_replayed OR EXISTS (SELECT 1 FROM eventstore.parked_events WHERE subscription_id = @id AND key = @key AND is_replay_requested))
ON CONFLICT (subscription_id, place) DO NOTHING

-- Parked.ParkBehind
INSERT INTO eventstore.parked_events (subscription_id, key, place, event_id, position, attempts, is_replay_requested)
SELECT @id, w.key, w.place, w.event_id, w.position, 0,
    w.is_replayed OR EXISTS (SELECT 1 FROM eventstore.parked_events WHERE subscription_id = @id AND key = w.key AND is_replay_requested)
    OR NOT EXISTS (SELECT 1 FROM eventstore.parked_events WHERE subscription_id = @id AND key = w.key)
FROM (SELECT r.key COLLATE "C" AS key, r.place, r.event_id, r.position, r.is_replayed
    FROM json_to_recordset(@rows::json) r (key text, place bigint, event_id uuid, position bigint, is_replayed boolean)) AS w
WHERE true
ORDER BY w.place
ON CONFLICT (subscription_id, place) DO NOTHING

-- Parked.NextReplays
SELECT id, place, key, event_id, position, error, attempts
FROM eventstore.parked_events
WHERE subscription_id = @id AND is_replay_requested = true
ORDER BY place
LIMIT @count

-- Parked.Remove
DELETE FROM eventstore.parked_events WHERE subscription_id = @id AND place = @place

-- Parked.RemoveAll
DELETE FROM eventstore.parked_events WHERE subscription_id = @id AND place = ANY(translate(@ids, '[]', '{}')::bigint[])

-- Parked.IsParked
SELECT 1 FROM eventstore.parked_events WHERE subscription_id = @id AND place = @place

-- Parked.KeysAmong
SELECT DISTINCT key FROM eventstore.parked_events WHERE subscription_id = @id AND key = ANY(ARRAY(SELECT json_array_elements_text(@keys::json)))

-- Parked.Fail
UPDATE eventstore.parked_events SET error = @error, attempts = attempts + @tries WHERE subscription_id = @id AND place = @place

-- Parked.EndReplay
UPDATE eventstore.parked_events SET is_replay_requested = false
WHERE subscription_id = @id AND key = @key AND is_replay_requested = true

-- Parked.Clear
DELETE FROM eventstore.parked_events WHERE subscription_id = @id

-- Projections.Prepare
-- none

-- Projections.Limit
SELECT set_config('idle_in_transaction_session_timeout', @milliseconds::bigint::text, true)

-- Projections.Written
SELECT pg_current_xact_id_if_assigned()::text

-- Projections.Mark
SELECT pg_try_advisory_xact_lock(@key)::text

-- Projections.HasTable
SELECT EXISTS (
    SELECT FROM pg_class c
    WHERE c.relname = @table::name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND CASE
          WHEN @schema::text IS NULL THEN pg_table_is_visible(c.oid)
          ELSE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = @schema::text) END)

-- Projections.IsMarked
SELECT @mark = 'true' AND NOT pg_try_advisory_xact_lock(@key)

-- Streams.Delete
UPDATE eventstore.streams
SET deleted_at = clock_timestamp(), last_activity_at = clock_timestamp()
WHERE tenant = '' AND name = @name AND deleted_at IS NULL AND (@expected::bigint IS NULL OR version = @expected::bigint)

-- Streams.Undelete
UPDATE eventstore.streams
SET deleted_at = NULL, last_activity_at = clock_timestamp()
WHERE tenant = '' AND name = @name AND deleted_at IS NOT NULL

-- Snapshots.Record
INSERT INTO eventstore.snapshots AS s (source, type, version, content_type, data, data_binary, metadata)
VALUES (@source, @type, @version, @content_type::text, pg_catalog.convert_from(@data::bytea, 'UTF8')::json, @data_binary::bytea, pg_catalog.convert_from(@metadata::bytea, 'UTF8')::json)
ON CONFLICT (source, type) DO UPDATE
SET version = excluded.version, content_type = excluded.content_type, data = excluded.data, data_binary = excluded.data_binary,
    metadata = excluded.metadata, created_at = excluded.created_at
WHERE s.version <= excluded.version

-- Snapshots.Read
SELECT version, content_type, data, data_binary, metadata, created_at
FROM eventstore.snapshots
WHERE source = @source AND type = @type

-- Snapshots.Delete
DELETE FROM eventstore.snapshots WHERE source = @source AND type = @type

-- Shapes.Shape
SELECT name, partitions FROM eventstore.subscriptions WHERE id = @id

-- Shapes.Relatives
SELECT name, stream, min(partitions), min(position), count(CASE WHEN lease_expires_at > clock_timestamp() THEN 1 END) > 0
FROM eventstore.subscriptions
WHERE name = @name OR (stream = @stream AND handler = @handler)
GROUP BY name, stream
ORDER BY name, stream

-- Shapes.Partitions
SELECT id, "partition", position, stream_id, epoch, is_suspected, suspect_place, process_ends,
    coalesce(owner IS NOT NULL AND lease_expires_at <= clock_timestamp(), false), finished_before,
    (SELECT s.id FROM eventstore.streams AS s WHERE s.tenant = '' AND s.name = @stream) AS current_stream
FROM eventstore.subscriptions
WHERE name = @name AND stream = @stream
ORDER BY id
FOR UPDATE

-- Shapes.Reshape
UPDATE eventstore.subscriptions
SET partitions = @partitions, position = @position, stream_id = @stream_id::bigint, epoch = @epoch, definition = definition + 1,
    owner = NULL, lease_expires_at = NULL, requested_by = NULL, covers = NULL, is_covered = true,
    is_suspected = @is_suspected, suspect_place = NULL, process_ends = @ends::text, finished_before = @finished_before::text,
    last_error = CASE WHEN "partition" = 0 THEN latest.error END, last_error_at = CASE WHEN "partition" = 0 THEN latest.at END
FROM (
    SELECT last_error AS error, last_error_at AS at
    FROM eventstore.subscriptions
    WHERE name = @name AND stream = @stream
    ORDER BY last_error_at DESC NULLS LAST
    LIMIT 1) AS latest
WHERE name = @name AND stream = @stream

-- Shapes.AddPartitions
WITH RECURSIVE added (number) AS (
    SELECT @count::bigint WHERE @count::bigint < @partitions
    UNION ALL
    SELECT number + 1 FROM added WHERE number + 1 < @partitions)
INSERT INTO eventstore.subscriptions (name, stream, "partition", partitions, position, stream_id, is_paused, replays, epoch,
    definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at)
SELECT name, stream, added.number, partitions, position, stream_id, is_paused, replays, epoch,
    definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at
FROM eventstore.subscriptions, added
WHERE name = @name AND stream = @stream AND "partition" = 0

-- Shapes.RemovePartitions
DELETE FROM eventstore.subscriptions WHERE name = @name AND stream = @stream AND "partition" >= @partitions

-- Shapes.RemoveParkedTwice
DELETE FROM eventstore.parked_events
WHERE id IN (
    SELECT id
    FROM (
        SELECT id, row_number() OVER (PARTITION BY place ORDER BY id DESC) AS number
        FROM eventstore.parked_events
        WHERE subscription_id IN (SELECT id FROM eventstore.subscriptions WHERE name = @name AND stream = @stream)) AS parked
    WHERE number > 1)

-- Shapes.ParkedKeys
WITH RECURSIVE keys (key) AS (
    SELECT min(key) FROM eventstore.parked_events WHERE subscription_id = @id AND key >= @from
    UNION ALL
    SELECT (SELECT min(p.key) FROM eventstore.parked_events AS p WHERE p.subscription_id = @id AND p.key > keys.key)
    FROM keys
    WHERE keys.key IS NOT NULL)
SELECT key FROM keys WHERE key IS NOT NULL LIMIT @count

-- Shapes.MoveParked
UPDATE eventstore.parked_events
SET subscription_id = @target
WHERE subscription_id = @id AND key = ANY(ARRAY(SELECT json_array_elements_text(@keys::json)))

-- Shapes.Rename
UPDATE eventstore.subscriptions
SET name = @new_name, epoch = epoch + 1, owner = NULL, lease_expires_at = NULL, requested_by = NULL,
    is_suspected = is_suspected OR coalesce(owner IS NOT NULL AND lease_expires_at <= clock_timestamp(), false),
    suspect_place = CASE WHEN coalesce(owner IS NOT NULL AND lease_expires_at <= clock_timestamp(), false) THEN suspect_place END
WHERE name = @name AND stream = @stream

-- Operations.Clock
SELECT clock_timestamp()

-- Operations.Migrations
SELECT "MigrationId" FROM eventstore."__EFMigrationsHistory"

-- Operations.Store
SELECT store_id, epoch, created_at, engine, position_allocator, created_by FROM eventstore.store_info

-- Operations.Subscriptions
SELECT s.name, s.stream, s."partition", s.position, s.epoch, s.owner, s.lease_expires_at, s.is_paused, s.is_covered, s.handles,
    s.last_error, s.last_error_at, s.created_at, s.is_suspected, coalesce(s.lease_expires_at > clock_timestamp(), false),
    (SELECT count(*) FROM (SELECT 1 FROM eventstore.parked_events WHERE subscription_id = s.id LIMIT @parked) AS parked),
    (SELECT parked_at FROM eventstore.parked_events WHERE subscription_id = s.id ORDER BY place LIMIT 1),
    (SELECT error FROM eventstore.parked_events WHERE subscription_id = s.id ORDER BY place LIMIT 1),
    s.version, s.is_of_stream,
    (SELECT first.created_at
    FROM (
        SELECT * FROM (
            SELECT e.version AS number, e.created_at
            FROM eventstore.events AS e
            WHERE e.stream_id = s.of_stream AND e.version > s.place
            ORDER BY e.version
            LIMIT 1) AS own
        UNION ALL
        SELECT * FROM (
            SELECT l.number, e.created_at
            FROM eventstore.stream_links AS l
            JOIN eventstore.events AS e ON e.position = l.position
            WHERE l.stream_id = s.of_stream AND l.number > s.place
            ORDER BY l.number
            LIMIT 1) AS linked) AS first
    ORDER BY first.number
    LIMIT 1)
FROM (
    SELECT r.*, t.id AS of_stream, t.version AS version, coalesce(r.stream_id, t.id) = t.id AS is_of_stream,
        CASE WHEN r.stream_id <> t.id THEN 0 ELSE r.position END AS place
    FROM (SELECT * FROM eventstore.subscriptions ORDER BY name, stream, "partition" LIMIT @count) AS r
    LEFT JOIN eventstore.streams AS t ON t.tenant = '' AND t.name = r.stream) AS s
ORDER BY s.name, s.stream, s."partition"

-- Operations.Head
SELECT (SELECT coalesce(max(position), 0) FROM eventstore.events
WHERE position <= pg_sequence_last_value('eventstore.events_position_seq'::regclass)), (SELECT max(position) FROM eventstore.events), pg_sequence_last_value('eventstore.events_position_seq'::regclass)

-- Operations.Intervals
SELECT i.low,
    (SELECT count(*)
    FROM (SELECT 1 FROM eventstore.events WHERE position > i.low AND position <= i.high ORDER BY position LIMIT @count) AS behind),
    (SELECT created_at FROM eventstore.events WHERE position > i.low ORDER BY position LIMIT 1)
FROM (SELECT * FROM json_to_recordset(@intervals::json) w (low bigint, high bigint)) AS i
ORDER BY i.low

-- PlanByIndex
SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)

