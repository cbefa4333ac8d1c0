-- Appends events to many streams that have nothing to do with each other, with one flush for all. A stream that is not as expected, or
-- that somebody else is writing to or creating, is left out, and nothing is written to it; the others are written.
--
--   p_streams          the streams' names, each once
--   p_expected         of each stream, the version it must be at; -1 any, -2 any, but it exists
--   p_counts           of each stream, how many events it gets
--   p_firsts           of each stream, the place of its first event in p_ids, from 1; the others follow it
--   p_ids              event ids; each other array has an element for each of them, or is NULL for none
--
-- Returns id, version and position of each event that was written: first those of streams that existed already, then those of new ones,
-- each in the order of p_ids. If a stream was left out, then rows without an id follow: of each stream that is not as expected now, its
-- place in p_streams as the version. What was left out and is not among them is locked by somebody else.
-- Raises, with nothing written: 23505 on ux_eventstore_events_event_id when an id exists already; 55P03 and 40P01 when somebody else
-- appends one of the ids at the same time.
--
-- For the order of locks see append. A row that is locked is skipped rather than waited for. A name that somebody else is creating can't
-- be skipped: the index has to be asked, and waits. It is waited for 5 ms (lock_timeout); if that is in vain, then the names are tried one
-- by one, 1 ms each, until 16 were in vain, and the others are left out untried. So a group takes about 25 ms longer at most, however
-- many names are busy, and an open transaction delays those who write to its streams, and nobody else.
--
-- Each statement is planned once, for stores of any size (see append), and written so that it can only go from the arrays to the tables,
-- row by row: by LATERAL, by the rows' own addresses (ctid), by a subquery in place of a join. A row that somebody changed after the
-- statement began has a new address, and its stream is left out. Elements are taken from the arrays by their place, which costs a
-- fraction of an unnest of as many arrays.
CREATE FUNCTION {schema}.append_group(
    p_streams text[], p_expected bigint[], p_counts int[], p_firsts int[],
    p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (id uuid, stream_version bigint, "position" bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_memoize = off
SET lock_timeout = '5ms'
AS $append_group$
DECLARE
    v_now     timestamptz := clock_timestamp();
    v_written bigint;
    v_created bigint;
    v_ids     bigint[];
    v_slots   bigint[];
    v_id      bigint;
    v_slot    bigint;
    v_busy    int := 0;
BEGIN
    PERFORM {schema}.hold_positions();

    -- A stream's events are numbered one after the other, behind its row, so their positions rise with their versions.
    RETURN QUERY
    WITH raised AS (
        UPDATE {schema}.streams s
        SET version = s.version + p_counts[f.slot], last_activity_at = v_now
        FROM (
            SELECT free.ctid, w.slot
            FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
            CROSS JOIN LATERAL (
                SELECT x.ctid
                FROM {schema}.streams x
                WHERE x.name = w.name AND x.deleted_at IS NULL AND (p_expected[w.slot] < 0 OR x.version = p_expected[w.slot])
                FOR NO KEY UPDATE SKIP LOCKED) free) f
        WHERE s.ctid = f.ctid
        RETURNING f.slot, s.id, s.version - p_counts[f.slot] AS before)
    INSERT INTO {schema}.events AS e (
        stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
    SELECT
        n.id, n.before + n.number + 1, v_now, p_ids[n.first + n.number], p_types[n.first + n.number], p_schema_versions[n.first + n.number],
        p_content_types[n.first + n.number], p_data[n.first + n.number], p_data_binary[n.first + n.number], p_metadata[n.first + n.number],
        p_correlation_ids[n.first + n.number], p_causation_ids[n.first + n.number]
    FROM (SELECT r.id, r.before, p_firsts[r.slot] AS first, generate_series(0, p_counts[r.slot] - 1) AS number FROM raised r) n
    RETURNING e.event_id, e.version, e.position;

    GET DIAGNOSTICS v_written = ROW_COUNT;
    IF v_written = cardinality(p_ids) THEN
        RETURN;
    END IF;

    -- Only a name that nobody has: at one that exists, ON CONFLICT would wait for whoever is changing its row.
    BEGIN
        WITH created AS (
            INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
            SELECT w.name, p_counts[w.slot], v_now, v_now
            FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
            WHERE p_expected[w.slot] IN (-1, 0) AND (SELECT x.id FROM {schema}.streams x WHERE x.name = w.name) IS NULL
            ON CONFLICT (name) DO NOTHING
            RETURNING s.id, array_position(p_streams, s.name) AS slot)
        SELECT array_agg(c.id), array_agg(c.slot) INTO v_ids, v_slots FROM created c;
    EXCEPTION WHEN lock_not_available THEN
        v_ids := NULL;
        v_slots := NULL;
        PERFORM set_config('lock_timeout', '1ms', true);
        FOR v_slot IN
            SELECT w.slot
            FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
            WHERE p_expected[w.slot] IN (-1, 0) AND (SELECT x.id FROM {schema}.streams x WHERE x.name = w.name) IS NULL
        LOOP
            BEGIN
                INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
                VALUES (p_streams[v_slot], p_counts[v_slot], v_now, v_now)
                ON CONFLICT (name) DO NOTHING
                RETURNING s.id INTO v_id;

                IF FOUND THEN
                    v_ids := v_ids || v_id;
                    v_slots := v_slots || v_slot;
                END IF;
            EXCEPTION WHEN lock_not_available THEN
                v_busy := v_busy + 1;
                EXIT WHEN v_busy = 16;
            END;
        END LOOP;
    END;

    RETURN QUERY
    INSERT INTO {schema}.events AS e (
        stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
    SELECT
        n.id, n.number + 1, v_now, p_ids[n.first + n.number], p_types[n.first + n.number], p_schema_versions[n.first + n.number],
        p_content_types[n.first + n.number], p_data[n.first + n.number], p_data_binary[n.first + n.number], p_metadata[n.first + n.number],
        p_correlation_ids[n.first + n.number], p_causation_ids[n.first + n.number]
    FROM (
        SELECT c.id, p_firsts[c.slot] AS first, generate_series(0, p_counts[c.slot] - 1) AS number
        FROM unnest(v_ids, v_slots) AS c (id, slot)) n
    RETURNING e.event_id, e.version, e.position;

    GET DIAGNOSTICS v_created = ROW_COUNT;
    IF v_written + v_created = cardinality(p_ids) THEN
        RETURN;
    END IF;

    -- A new statement sees what others have committed meanwhile.
    RETURN QUERY
    SELECT NULL::uuid, w.slot, 0::bigint
    FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
    LEFT JOIN LATERAL (SELECT x.version, x.deleted_at FROM {schema}.streams x WHERE x.name = w.name) s ON true
    WHERE CASE
        WHEN s.version IS NULL THEN p_expected[w.slot] NOT IN (-1, 0)
        ELSE s.deleted_at IS NOT NULL OR (p_expected[w.slot] >= 0 AND p_expected[w.slot] <> s.version) END;
END
$append_group$;
