-- Appends events to many streams that have nothing to do with each other, with one flush for all. A stream that is not as expected, or
-- that somebody else is writing to, is left out, and nothing is written to it; the others are written.
--
--   p_streams          the streams' names, each once
--   p_expected         of each stream, the version it must be at; -1 any, -2 any, but it exists
--   p_counts           of each stream, how many events it gets
--   p_slots            of each event, its stream's place in p_streams, from 1
--   p_numbers          of each event, its place among the events that its stream gets, from 1
--   p_ids              event ids; each other array has an element for each of them, or is NULL for none
--
-- Returns id, version and position of each event that was written, in the order of p_ids.
-- Raises, with nothing written: 23505 on ux_eventstore_events_event_id when an id stands already; 55P03 and 40P01 when somebody else
-- creates one of the streams, or appends one of the ids, at the same time.
--
-- For the order of locks see append. A row that is locked is skipped rather than waited for, and what can't be skipped is waited for
-- only a moment (lock_timeout): an open transaction keeps those waiting who write to its streams, and nobody else.
CREATE FUNCTION {schema}.append_group(
    p_streams text[], p_expected bigint[], p_counts int[],
    p_slots int[], p_numbers int[], p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (id uuid, stream_version bigint, "position" bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET lock_timeout = '10ms'
AS $append_group$
DECLARE
    v_now     timestamptz := clock_timestamp();
    v_streams bigint[];
    v_before  bigint[];
    v_slot    int;
    v_stream  bigint;
    v_version bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared('{schema}.events'::regclass::oid::int, 1);

    FOR v_slot, v_stream, v_version IN
        -- Locked in one order everywhere; whoever waits for nobody can't be in a deadlock.
        WITH free AS MATERIALIZED (
            SELECT s.id, w.slot, w.count
            FROM unnest(p_streams, p_expected, p_counts) WITH ORDINALITY AS w (name, expected, count, slot)
            JOIN {schema}.streams s ON s.name = w.name
            WHERE s.deleted_at IS NULL AND (w.expected < 0 OR s.version = w.expected)
            ORDER BY s.id
            FOR NO KEY UPDATE OF s SKIP LOCKED)
        UPDATE {schema}.streams s
        SET version = s.version + f.count, last_activity_at = v_now
        FROM free f
        WHERE s.id = f.id
        RETURNING f.slot, s.id, s.version - f.count
    LOOP
        v_streams[v_slot] := v_stream;
        v_before[v_slot] := v_version;
    END LOOP;

    FOR v_slot IN 1 .. cardinality(p_streams) LOOP
        CONTINUE WHEN v_streams[v_slot] IS NOT NULL OR p_expected[v_slot] NOT IN (-1, 0);

        -- Only a name that nobody has: at one that exists, ON CONFLICT would wait for whoever is changing its row.
        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
        SELECT p_streams[v_slot], p_counts[v_slot], v_now, v_now
        WHERE NOT EXISTS (SELECT FROM {schema}.streams x WHERE x.name = p_streams[v_slot])
        ON CONFLICT (name) DO NOTHING
        RETURNING s.id INTO v_stream;

        IF FOUND THEN
            v_streams[v_slot] := v_stream;
            v_before[v_slot] := 0;
        END IF;
    END LOOP;

    RETURN QUERY
    INSERT INTO {schema}.events AS e (
        stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
    SELECT
        v_streams[n.slot], v_before[n.slot] + n.number, v_now, n.id, n.type, n.schema_version, n.content_type, n.data, n.data_binary, n.metadata,
        n.correlation_id, n.causation_id
    FROM unnest(
            p_slots, p_numbers, p_ids, p_types, p_schema_versions, p_content_types, p_data, p_data_binary, p_metadata, p_correlation_ids,
            p_causation_ids)
        WITH ORDINALITY
        AS n (slot, number, id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id, place)
    WHERE v_streams[n.slot] IS NOT NULL
    ORDER BY n.place
    RETURNING e.event_id, e.version, e.position;
END
$append_group$;
