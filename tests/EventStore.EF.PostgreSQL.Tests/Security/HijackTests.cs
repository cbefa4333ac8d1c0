using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Security;

/// <summary>
/// Where everybody may create in the schema public (the default up to PostgreSQL 14), somebody puts functions and operators there with the names of
/// PostgreSQL's own and closer types.
/// </summary>
public sealed class HijackTests(PostgreSqlFixture fixture) : RoleSuite(fixture)
{
    /// <summary>Closer to the calls of the store than PostgreSQL's own, which take arrays of anything, or any number of anything.</summary>
    private static readonly string[] Functions =
    [
        "cardinality(uuid[]) RETURNS int", "cardinality(text[]) RETURNS int", "cardinality(bigint[]) RETURNS int",
        "unnest(uuid[]) RETURNS SETOF uuid", "unnest(text[]) RETURNS SETOF text", "unnest(bigint[]) RETURNS SETOF bigint",
        "unnest(bigint[], bigint[]) RETURNS SETOF record", "array_position(text[], text) RETURNS int", "array_position(bigint[], bigint) RETURNS int",
        "array_position(bigint[], unknown_type) RETURNS int", "concat_ws(text, numeric, boolean, uuid) RETURNS text",
        "concat_ws(text, numeric, boolean) RETURNS text", "convert_from(bytea, text) RETURNS text", "pg_sequence_last_value(text) RETURNS bigint",
        "coalesce_(bigint) RETURNS bigint", "max_(bigint) RETURNS bigint", "to_json(text) RETURNS json", "generate_series(int, bigint) RETURNS SETOF bigint",
        "pg_get_userbyid(text) RETURNS name", "set_config(text, bigint, boolean) RETURNS text", "left(text, bigint) RETURNS text",
        "pg_notify(text, name) RETURNS void", "starts_with(name, text) RETURNS boolean",
    ];

    private static readonly string[] Operators =
    [
        "= (LEFTARG = oid, RIGHTARG = int", "= (LEFTARG = oid, RIGHTARG = regclass", "* (LEFTARG = float8, RIGHTARG = int",
        "= (LEFTARG = text, RIGHTARG = uuid", "<> (LEFTARG = text, RIGHTARG = uuid", "|| (LEFTARG = bigint[], RIGHTARG = bigint",
        "< (LEFTARG = bigint, RIGHTARG = numeric", "- (LEFTARG = bigint, RIGHTARG = numeric",
    ];

    public static TheoryData<string, string> Everything => RoleTests.Everything;

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Nothing_that_another_role_creates_runs_with_the_rights_of_the_store_s_roles(string role, string what)
    {
        await ExecuteAsync($"GRANT CREATE, USAGE ON SCHEMA public TO {Prefix}_reader");
        await ExecuteAsync("CREATE DOMAIN public.unknown_type AS int", "reader");
        foreach (var function in Functions)
        {
            await ExecuteAsync(
                $"CREATE FUNCTION public.{function} LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked as % by {function[..function.IndexOf('(', StringComparison.Ordinal)]}', current_user; END $$", "reader");
        }

        foreach (var @operator in Operators)
        {
            var types = @operator[(@operator.IndexOf('(', StringComparison.Ordinal) + 1)..].Replace("LEFTARG = ", "", StringComparison.Ordinal).Replace("RIGHTARG = ", "", StringComparison.Ordinal);
            var name = $"hijack_{Guid.NewGuid():N}";
            await ExecuteAsync($"CREATE FUNCTION public.{name}({types}) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked operator'; END $$", "reader");
            await ExecuteAsync($"CREATE OPERATOR public.{@operator}, FUNCTION = public.{name})", "reader");
        }

        // An aggregate is chosen like a function.
        await ExecuteAsync("CREATE FUNCTION public.gather(bigint[], bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$", "reader");
        await ExecuteAsync("CREATE AGGREGATE public.array_agg(bigint) (SFUNC = public.gather, STYPE = bigint[])", "reader");
        await ExecuteAsync("CREATE FUNCTION public.gather(uuid[], uuid) RETURNS uuid[] LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$", "reader");
        await ExecuteAsync("CREATE AGGREGATE public.array_agg(uuid) (SFUNC = public.gather, STYPE = uuid[])", "reader");

        await RoleTests.RunAsync(role, what, Events, Database, builder => As(role, builder));
    }

    [Fact]
    public async Task No_search_path_of_the_caller_s_leads_a_function_that_runs_with_the_owner_s_rights_astray()
    {
        // With the very types of PostgreSQL's own, and found before them.
        await ExecuteAsync($"CREATE SCHEMA lure AUTHORIZATION {Prefix}_appender");
        await ExecuteAsync("""
            CREATE FUNCTION lure.max(bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$;
            CREATE FUNCTION lure.min(bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$;
            DO $do$
            DECLARE
                v_own  record;
                v_body text := '$$ BEGIN RAISE EXCEPTION ''hijacked''; END $$';
            BEGIN
                FOR v_own IN
                    SELECT o.oprname, o.oprleft::regtype, o.oprright::regtype, o.oprresult::regtype, 'operator_' || o.oid AS name
                    FROM pg_operator o
                    WHERE o.oprkind = 'b' AND o.oprname IN ('=', '<>', '<', '>', '<=', '>=', '+', '-', '||', '~')
                      AND o.oprleft = ANY('{text,bigint,int,boolean,uuid,timestamptz,tid,oid,xid8}'::regtype[])
                      AND o.oprright = ANY('{text,bigint,int,boolean,uuid,timestamptz,tid,oid,xid8}'::regtype[])
                LOOP
                    EXECUTE format('CREATE FUNCTION lure.%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %s',
                        v_own.name, v_own.oprleft, v_own.oprright, v_own.oprresult, v_body);
                    EXECUTE format('CREATE OPERATOR lure.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = lure.%s)',
                        v_own.oprname, v_own.oprleft, v_own.oprright, v_own.name);
                END LOOP;

                FOR v_own IN
                    SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result
                    FROM pg_proc p
                    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset AND p.proname IN (
                        'clock_timestamp', 'current_setting', 'set_config', 'pg_sequence_last_value', 'pg_advisory_xact_lock_shared',
                        'pg_current_xact_id', 'pg_current_xact_id_if_assigned', 'cardinality', 'array_position', 'int4', 'int8', 'bit',
                        'text')
                LOOP
                    EXECUTE format('CREATE FUNCTION lure.%I(%s) RETURNS %s LANGUAGE plpgsql AS %s',
                        v_own.proname, v_own.arguments, v_own.result, v_body);
                END LOOP;
            END $do$
            """, "appender");
        var ids = Enumerable.Range(0, 4).Select(_ => $"'{Guid.NewGuid()}'::uuid").ToArray();
        foreach (var call in (string[])
        [
            $$"""append('order-1', -1, NULL, {{ids[0]}}, 'specification-numbered', 1, NULL, '{"number":1}', NULL, NULL, NULL, NULL)""",
            $$"""
            append_many(
                'order-1', 1, NULL, ARRAY[{{ids[1]}}, {{ids[2]}}], '{specification-numbered,specification-numbered}', '{1,1}', NULL,
                ARRAY['{"number":2}'::json, '{"number":3}'], NULL, NULL, NULL, NULL)
            """,
            $$"""
            append_group(
                '{order-2}', '{-1}', '{1}', '{1}', ARRAY[{{ids[3]}}], '{specification-numbered}', '{1}', NULL,
                ARRAY['{"number":1}'::json], NULL, NULL, NULL, NULL)
            """,
            $"link('order-2', 1, ARRAY[{ids[0]}])",
            "expect('order-1', 3)",
            "expect('order-3', 0)",
        ])
            await ExecuteAsync($"SET search_path = lure, pg_catalog; SELECT eventstore.{call}", "appender");

        await AssertNumbersAsync("order-1", 1, 2, 3);
        await AssertNumbersAsync("order-2", 1, 1);
    }

    [Fact]
    public async Task The_appender_s_own_temporary_tables_are_not_taken_for_the_store_s()
    {
        await ExecuteAsync($"GRANT TEMPORARY ON DATABASE \"{new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database}\" TO {Prefix}_appender");
        await using var connection = new NpgsqlConnection(ConnectionString("appender"));
        await connection.OpenAsync(Ct);
        await using var temporary = new NpgsqlCommand(
            "CREATE TEMP TABLE events (x int); CREATE TEMP TABLE streams (x int); CREATE TEMP TABLE pg_class (oid oid); CREATE TEMP TABLE pg_locks (x int)", connection);
        await temporary.ExecuteNonQueryAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var store = As("appender");
        var stream = NewStream();
        await store.Events.WithTransaction(transaction).AppendManyAsync(
            [new(stream, ExpectedVersion.NoStream, Numbered(2)), StreamAppend.Condition(NewStream(), 0)], Ct);
        await transaction.CommitAsync(Ct);
        await AssertNumbersAsync(stream, 1, 2);
    }

    [Fact]
    public async Task Every_function_of_the_store_pins_its_search_path_or_qualifies_every_name() => Assert.Equal(
        "append append_many hold_positions hold_positions_of_insert",
        await Database.ScalarAsync<string>("""
            SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc
            WHERE pronamespace = 'eventstore'::regnamespace AND NOT 'search_path=pg_catalog, pg_temp' = ANY(coalesce(proconfig, '{}'))
            """));
}
