-- Appends one event to one stream.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have; -1 any, -2 any of an existing stream
--   p_created_at       the time to store; NULL for the server's clock
--   p_id               the event's id
--
-- Returns the stream's new version, and the event's position twice, as append_many does. No row: nothing was written, because the stream is
-- not as expected, is deleted, or was just created by another transaction. The caller then looks for the reason, and may try again.
-- Raises 23505 on ux_eventstore_events_event_id if the id already exists.
--
-- The order of locks matters. The stream's row is locked first, so an append that waits for it delays no reader. The store's advisory lock
-- (hold_positions) is taken by the insert of the event, before any position, and kept until after the commit is visible: it lets a reader
-- prove that no earlier event can still appear. Because the row is also locked before positions are taken, positions rise with versions
-- inside a stream. There is no NOTIFY here: it would hold a lock on the whole cluster until the flush.
--
-- Plans last as long as the connection, or until the tables are next analyzed. A plan made for a table of a few rows would read the whole
-- table even after it has grown to millions; so this function and the others look up by index only (enable_seqscan).
--
-- Somebody may have put a function or an operator with a closer type into a schema of the search path. This function and append_many
-- therefore name the schema of everything they use; the others set their search path, which would make a lone append a twentieth slower.
--
-- Runs with its owner's rights, as do all functions that write: whoever may execute them needs no right to write to the tables, and so can
-- neither set a stream's version nor insert a row that contradicts it.
--
-- This is append_many for one event, without arrays, which makes a lone append a twentieth faster.
CREATE FUNCTION {schema}.append(
    p_stream text, p_expected bigint, p_created_at timestamptz, p_id uuid, p_type text, p_schema_version int,
    p_content_type text, p_data json, p_data_binary bytea, p_metadata json, p_correlation_id uuid, p_causation_id uuid)
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SECURITY DEFINER
SET enable_seqscan = off
AS $append$
DECLARE
    v_now    pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    v_stream bigint;
    v_before bigint;
    v_row    pg_catalog.tid;
BEGIN
    SELECT s.id, s.version, s.ctid
    INTO v_stream, v_before, v_row
    FROM {schema}.streams s
    WHERE s.tenant OPERATOR(pg_catalog.=) '' AND s.name OPERATOR(pg_catalog.=) p_stream AND s.deleted_at IS NULL
      AND (p_expected OPERATOR(pg_catalog.<) 0 OR s.version OPERATOR(pg_catalog.=) p_expected)
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        IF p_expected OPERATOR(pg_catalog.<>) -1 AND p_expected OPERATOR(pg_catalog.<>) 0 THEN
            RETURN;
        END IF;

        -- DO NOTHING hides no failure: no row tells the caller that nothing was written. It waits for a transaction that is creating the
        -- same stream.
        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
        VALUES (p_stream, 0, coalesce(p_created_at, v_now), v_now)
        ON CONFLICT (tenant, name) DO NOTHING
        RETURNING s.id, 0, s.ctid INTO v_stream, v_before, v_row;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    INSERT INTO {schema}.events AS e (
        stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
    VALUES (
        v_stream, v_before OPERATOR(pg_catalog.+) 1, coalesce(p_created_at, v_now), p_id, p_type, p_schema_version, p_content_type, p_data, p_data_binary,
        p_metadata, p_correlation_id, p_causation_id)
    RETURNING e.version, e.position, e.position INTO stream_version, first_position, last_position;

    UPDATE {schema}.streams s
    SET version = stream_version, last_activity_at = v_now, last_position = append.last_position,
        first_position = CASE WHEN s.first_position OPERATOR(pg_catalog.=) 0 THEN append.first_position ELSE s.first_position END
    WHERE s.ctid OPERATOR(pg_catalog.=) v_row;

    RETURN NEXT;
END
$append$;
