-- Appends events to many unrelated streams, with one flush for all. A stream that is not as expected, or that another transaction is
-- writing to or creating, is left out, and nothing is written to it; the others are written.
--
--   p_streams          the streams' names, each once
--   p_expected         for each stream, the version that it must have; -1 any, -2 any of an existing stream
--   p_counts           for each stream, the number of its events
--   p_firsts           for each stream, the index of its first event in p_ids, from 1; its others follow
--   p_ids              event ids; every other array has one element per event, or is NULL if it has no values
--
-- Returns id, version and position of each event written: first those of existing streams, then those of new ones, each in the order of
-- p_ids. If streams were left out, rows without an id follow, one for each stream that is not as expected now, with its index in p_streams
-- in place of the version. Any other stream that was left out is locked by another transaction.
-- Raises, with nothing written: 23505 on ux_eventstore_events_event_id if an id already exists; 55P03 or 40P01 if another transaction
-- appends one of the ids at the same time.
--
-- For its rights and the order of locks see append. A locked row is skipped, not waited for. A name that another transaction is creating
-- can't be skipped: the index has to be asked, and waits. The wait is limited to 5 ms (lock_timeout); after that, the names are tried one
-- by one, 1 ms each, until 16 have timed out, and the rest are left out untried. So a group takes at most about 25 ms longer, however many
-- names are busy, and an open transaction delays only those who write to its streams.
--
-- Each statement is planned once, for stores of any size (see append), and written so that it can only go from the arrays to the tables,
-- row by row: with LATERAL, with the rows' own addresses (ctid), and with a subquery in place of a join. Elements are read from the arrays by
-- index, which costs a fraction of an unnest of that many arrays.
CREATE FUNCTION {schema}.append_group(
    p_streams text[], p_expected bigint[], p_counts int[], p_firsts int[],
    p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (id uuid, stream_version bigint, "position" bigint)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_memoize = off
SET lock_timeout = '5ms'
AS $append_group$
DECLARE
    v_now     timestamptz := clock_timestamp();
    v_written bigint;
    v_ids     bigint[];
    v_rows    tid[];
    v_before  bigint[];
    v_slots   bigint[];
    v_found   int;
    v_id      bigint;
    v_row     tid;
    v_slot    bigint;
    v_busy    int := 0;
BEGIN
    PERFORM {schema}.hold_positions();

    SELECT array_agg(free.id), array_agg(free.ctid), array_agg(free.version), array_agg(w.slot)
    INTO v_ids, v_rows, v_before, v_slots
    FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
    CROSS JOIN LATERAL (
        SELECT x.id, x.ctid, x.version
        FROM {schema}.streams x
        WHERE x.tenant = '' AND x.name = w.name AND x.deleted_at IS NULL AND (p_expected[w.slot] < 0 OR x.version = p_expected[w.slot])
        FOR NO KEY UPDATE SKIP LOCKED) free;

    v_found := coalesce(cardinality(v_ids), 0);
    IF v_found < cardinality(p_streams) THEN
        -- Only names that don't exist: for one that does, ON CONFLICT would wait for a transaction that is changing its row.
        BEGIN
            WITH created AS (
                INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
                SELECT w.name, 0, v_now, v_now
                FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
                WHERE p_expected[w.slot] IN (-1, 0)
                  AND (SELECT x.id FROM {schema}.streams x WHERE x.tenant = '' AND x.name = w.name) IS NULL
                ON CONFLICT (tenant, name) DO NOTHING
                RETURNING s.id, s.ctid, array_position(p_streams, s.name)::bigint AS slot)
            SELECT v_ids || array_agg(c.id), v_rows || array_agg(c.ctid), v_slots || array_agg(c.slot)
            INTO v_ids, v_rows, v_slots
            FROM created c;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM set_config('lock_timeout', '1ms', true);
            FOR v_slot IN
                SELECT w.slot
                FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
                WHERE p_expected[w.slot] IN (-1, 0)
                  AND (SELECT x.id FROM {schema}.streams x WHERE x.tenant = '' AND x.name = w.name) IS NULL
            LOOP
                BEGIN
                    INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
                    VALUES (p_streams[v_slot], 0, v_now, v_now)
                    ON CONFLICT (tenant, name) DO NOTHING
                    RETURNING s.id, s.ctid INTO v_id, v_row;

                    IF FOUND THEN
                        v_ids := v_ids || v_id;
                        v_rows := v_rows || v_row;
                        v_slots := v_slots || v_slot;
                    END IF;
                EXCEPTION WHEN lock_not_available THEN
                    v_busy := v_busy + 1;
                    EXIT WHEN v_busy = 16;
                END;
            END LOOP;
        END;
    END IF;

    -- A stream's events are numbered one after the other, after its row is locked, so their positions rise with their versions. A new
    -- statement sees each locked row as it is now, also one that another transaction changed while the rows were being locked.
    RETURN QUERY
    WITH written AS (
        INSERT INTO {schema}.events AS e (
            stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id,
            causation_id)
        SELECT
            v_ids[n.place], n.before + n.number + 1, v_now, p_ids[n.first + n.number], p_types[n.first + n.number],
            p_schema_versions[n.first + n.number], p_content_types[n.first + n.number], p_data[n.first + n.number],
            p_data_binary[n.first + n.number], p_metadata[n.first + n.number], p_correlation_ids[n.first + n.number],
            p_causation_ids[n.first + n.number]
        FROM (
            SELECT
                p.place, coalesce(v_before[p.place], 0) AS before, p_firsts[v_slots[p.place]] AS first,
                generate_series(0, p_counts[v_slots[p.place]] - 1) AS number
            FROM generate_series(1, cardinality(v_ids)) AS p (place)) n
        RETURNING e.stream_id, e.event_id, e.version, e.position),
    noted AS (
        UPDATE {schema}.streams s
        SET version = w.version, last_activity_at = v_now, last_position = w.last,
            first_position = CASE s.first_position WHEN 0 THEN w.first ELSE s.first_position END
        FROM (
            SELECT x.stream_id, max(x.version) AS version, min(x.position) AS first, max(x.position) AS last
            FROM written x
            GROUP BY x.stream_id) w
        WHERE s.ctid = v_rows[array_position(v_ids, w.stream_id)])
    SELECT w.event_id, w.version, w.position
    FROM written w;

    GET DIAGNOSTICS v_written = ROW_COUNT;
    IF v_written = cardinality(p_ids) THEN
        RETURN;
    END IF;

    -- A new statement sees what others have committed in the meantime.
    RETURN QUERY
    SELECT NULL::uuid, w.slot, 0::bigint
    FROM unnest(p_streams) WITH ORDINALITY AS w (name, slot)
    LEFT JOIN LATERAL (SELECT x.version, x.deleted_at FROM {schema}.streams x WHERE x.tenant = '' AND x.name = w.name) s ON true
    WHERE CASE
        WHEN s.version IS NULL THEN p_expected[w.slot] NOT IN (-1, 0)
        ELSE s.deleted_at IS NOT NULL OR (p_expected[w.slot] >= 0 AND p_expected[w.slot] <> s.version) END;
END
$append_group$;
