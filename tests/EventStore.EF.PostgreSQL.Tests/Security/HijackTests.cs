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
