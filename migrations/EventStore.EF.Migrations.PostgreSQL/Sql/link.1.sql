-- Links existing events into a stream: all of them or none.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have; -1 any, -2 any of an existing stream
--   p_ids              the events, in order
--
-- Returns the stream's new version and the positions of the first and the last event. No row: nothing was written, because the stream is
-- not as expected, is deleted, or was just created by another transaction, or because an id is unknown or an event is the stream's own.
-- Raises, with nothing written: 23505 on ux_eventstore_stream_links_position if an event is already linked there, 23503 if one is being
-- removed; 23505 on ux_eventstore_events_stream_version if the stream's version is below its last event.
--
-- Runs with its owner's rights: see append.
CREATE FUNCTION {schema}.link(p_stream text, p_expected bigint, p_ids uuid[])
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $link$
DECLARE
    v_count     int := cardinality(p_ids);
    v_now       timestamptz := clock_timestamp();
    v_positions bigint[];
    v_stream    bigint;
    v_before    bigint;
BEGIN
    PERFORM {schema}.hold_positions();

    -- Looked up one by one: a plan for few events could turn a join around, and look up each of the store's events among the ids.
    SELECT array_agg((
        SELECT e.position
        FROM {schema}.events e
        WHERE e.event_id = n.id AND (SELECT s.name FROM {schema}.streams s WHERE s.id = e.stream_id) <> p_stream) ORDER BY n.number)
    INTO v_positions
    FROM unnest(p_ids) WITH ORDINALITY AS n (id, number);

    IF array_position(v_positions, NULL) IS NOT NULL THEN
        RETURN;
    END IF;

    UPDATE {schema}.streams s
    SET version = s.version + v_count, last_activity_at = v_now, has_links = true
    WHERE s.tenant = '' AND s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    RETURNING s.id, s.version - v_count INTO v_stream, v_before;

    IF NOT FOUND THEN
        IF p_expected NOT IN (-1, 0) THEN
            RETURN;
        END IF;

        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at, has_links)
        VALUES (p_stream, v_count, v_now, v_now, true)
        ON CONFLICT (tenant, name) DO NOTHING
        RETURNING s.id, 0 INTO v_stream, v_before;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    -- Events and links share one sequence of numbers, which no index covers.
    IF EXISTS (SELECT FROM {schema}.events e WHERE e.stream_id = v_stream AND e.version > v_before) THEN
        RAISE EXCEPTION 'stream % is at version %, below its last event', p_stream, v_before
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'ux_eventstore_events_stream_version';
    END IF;

    INSERT INTO {schema}.stream_links (stream_id, number, position)
    SELECT v_stream, v_before + n.number, n.position
    FROM unnest(v_positions) WITH ORDINALITY AS n (position, number);

    RETURN QUERY SELECT v_before + v_count, v_positions[1], v_positions[v_count];
END
$link$;
