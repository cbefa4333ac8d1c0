-- Takes the locks that tell readers which positions may still appear. They are taken before the first position: by the trigger below for
-- every statement that inserts events, whoever runs it, also COPY and psql; and by functions that only refer to events.
--
-- A reader waits for the store's lock: while a transaction holds it, events of that transaction may still appear. The lock is shared, so
-- that appends never wait for each other.
--
-- The other lock's key is the low 32 bits of the last position assigned so far: everything that the transaction appends comes after it. It
-- tells a reader immediately up to where nothing can appear, however long the transaction stays open. It is taken first, so a transaction
-- that has the store's lock has this one too.
--
-- Every call takes both locks. A setting keeps the first call's key for the transaction's other calls: with a key of its own for each,
-- 10,000 appends would fill the server's lock table. Anybody may change a setting, so it proves nothing: a key that is not behind the last
-- position, or so far behind it that its low 32 bits could be taken for a later one, is replaced. So each statement's own lock tells the
-- truth, and lasts as long as its rows may appear; a rollback to a savepoint undoes both. Taking a lock again touches no shared memory.
--
-- Advisory locks of two keys are shared by the whole database. This schema uses (its events, 1) for the store and (its store_info, *) for
-- positions; (its events, 2) is reserved for conditions on all events, and (its events, 3) for maintenance.
--
-- Reading the last position requires SELECT on the sequence.
--
-- Both functions name the schema of everything they use: see append. The trigger's repeats the other one, because a call inside it would
-- make a lone append a thirtieth slower. They assign what the calls return, because PERFORM would run a query for each, which together is a
-- twentieth of a lone append.
CREATE FUNCTION {schema}.hold_positions()
RETURNS pg_catalog.void
LANGUAGE plpgsql
AS $hold_positions$
DECLARE
    v_setting pg_catalog.text := pg_catalog.current_setting('eventstore.positions_of_{schema}', true);
    v_last    bigint := coalesce(pg_catalog.pg_sequence_last_value('{schema}.events_position_seq'), 0);
    v_key     bigint := v_last;
    v_none    boolean;
BEGIN
    IF v_setting OPERATOR(pg_catalog.<>) '' THEN
        v_key := v_setting;
        IF v_key OPERATOR(pg_catalog.>) v_last OR v_key OPERATOR(pg_catalog.<) (v_last OPERATOR(pg_catalog.-) 1073741824) THEN
            v_key := v_last;
        END IF;
    ELSE
        v_setting := pg_catalog.set_config('eventstore.positions_of_{schema}', v_last::pg_catalog.text, true);
    END IF;

    v_none := pg_catalog.pg_advisory_xact_lock_shared(
        '{schema}.store_info'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4,
        v_key::pg_catalog.bit(32)::pg_catalog.int4) IS NULL;
    v_none := pg_catalog.pg_advisory_xact_lock_shared('{schema}.events'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4, 1) IS NULL;
END
$hold_positions$;

CREATE FUNCTION {schema}.hold_positions_of_insert()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql
AS $hold_positions_of_insert$
DECLARE
    v_setting pg_catalog.text := pg_catalog.current_setting('eventstore.positions_of_{schema}', true);
    v_last    bigint := coalesce(pg_catalog.pg_sequence_last_value('{schema}.events_position_seq'), 0);
    v_key     bigint := v_last;
    v_none    boolean;
BEGIN
    IF v_setting OPERATOR(pg_catalog.<>) '' THEN
        v_key := v_setting;
        IF v_key OPERATOR(pg_catalog.>) v_last OR v_key OPERATOR(pg_catalog.<) (v_last OPERATOR(pg_catalog.-) 1073741824) THEN
            v_key := v_last;
        END IF;
    ELSE
        v_setting := pg_catalog.set_config('eventstore.positions_of_{schema}', v_last::pg_catalog.text, true);
    END IF;

    v_none := pg_catalog.pg_advisory_xact_lock_shared(
        '{schema}.store_info'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4,
        v_key::pg_catalog.bit(32)::pg_catalog.int4) IS NULL;
    v_none := pg_catalog.pg_advisory_xact_lock_shared('{schema}.events'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4, 1) IS NULL;
    RETURN NULL;
END
$hold_positions_of_insert$;

CREATE TRIGGER events_hold_their_positions
    BEFORE INSERT ON {schema}.events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.hold_positions_of_insert();
