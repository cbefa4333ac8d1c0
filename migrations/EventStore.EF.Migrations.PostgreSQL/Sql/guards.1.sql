-- Stored data stays unchanged, even for somebody who uses psql: events and links are never updated, deleted or truncated, and streams with
-- their numbering are never deleted, renamed or truncated. Only the store's own removals pass, each in its own transaction.
CREATE FUNCTION {schema}.refuse() RETURNS trigger
LANGUAGE plpgsql
AS $refuse$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('{schema}.removal', true) = pg_current_xact_id_if_assigned()::text THEN
        RETURN NULL;
    END IF;

    RAISE EXCEPTION '% on %.% is refused: stored events never change', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported', HINT = 'Append an event that corrects the earlier one.';
END
$refuse$;

CREATE TRIGGER events_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

CREATE TRIGGER links_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.stream_links
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

CREATE TRIGGER streams_are_kept
    BEFORE DELETE OR TRUNCATE ON {schema}.streams
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

CREATE TRIGGER streams_keep_their_names
    BEFORE UPDATE OF id, name ON {schema}.streams
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();
