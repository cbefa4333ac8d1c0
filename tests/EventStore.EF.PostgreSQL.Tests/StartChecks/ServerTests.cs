using EventStore.EF.PostgreSQL.StartChecks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.StartChecks;

/// <summary>What the server, the database or the session is like is looked at when the host starts.</summary>
public sealed class ServerTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private string DatabaseName => new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database!;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on what a session is told");
    }

    [Theory]
    [InlineData("LATIN1", false)]
    [InlineData("SQL_ASCII", false)]
    [InlineData("LATIN1", true)]
    public async Task A_database_of_another_encoding_than_UTF8_fails_the_start_and_nothing_is_made_in_it(string encoding, bool migrates)
    {
        var name = $"encoded_{Guid.NewGuid():N}";
        await Database.ExecuteAsync($"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Database = name, Pooling = false };
            var encoded = settings.ConnectionString;
            await using var store = Fixture.CreateStore(encoded, builder =>
            {
                if (migrates)
                    builder.MigrateOnStart();
            });
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
            foreach (var part in (string[])[name, encoding, "ENCODING 'UTF8'"])
                Assert.Contains(part, exception.Message, StringComparison.Ordinal);

            await using var connection = new NpgsqlConnection(encoded);
            await connection.OpenAsync(Ct);
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_namespace WHERE nspname = 'eventstore'", connection);
            Assert.Equal(0L, await command.ExecuteScalarAsync(Ct));
        }
        finally
        {
            await Database.ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
        }
    }

    [Fact]
    public async Task A_data_source_of_another_client_encoding_fails_the_start()
    {
        await using var source = new NpgsqlDataSourceBuilder($"{Database.ConnectionString};Client Encoding=LATIN1").Build();
        await using var store = new TestStore(builder => builder.UsePostgreSql(source));
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("LATIN1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Client Encoding", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serializable")]
    [InlineData("repeatable read")]
    public async Task A_database_of_a_higher_isolation_fails_the_start_and_the_remedy_of_its_message_works(string level)
    {
        await Database.ExecuteAsync($"ALTER DATABASE {DatabaseName} SET default_transaction_isolation = '{level}'");
        await using (var refused = Fixture.CreateStore($"{Database.ConnectionString};Pooling=false"))
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => refused.Host.StartAsync(Ct));
            Assert.Contains($"'{level}'", exception.Message, StringComparison.Ordinal);
            Assert.Contains(@"Options=-c default_transaction_isolation=read\ committed", exception.Message, StringComparison.Ordinal);
        }

        await using var store = Fixture.CreateStore(
            $@"{Database.ConnectionString};Options=-c default_transaction_isolation=read\ committed");
        await store.Host.StartAsync(Ct);
        await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task A_read_only_database_is_read_and_fails_the_start_of_what_writes()
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Database.ExecuteAsync($"ALTER DATABASE {DatabaseName} SET default_transaction_read_only = on");
        await using (var reader = Fixture.CreateStore($"{Database.ConnectionString};Pooling=false"))
        {
            await reader.Host.StartAsync(Ct);
            Assert.Single(await ToListAsync(reader.Events.ReadAllAsync(cancellationToken: Ct)));
        }

        await AssertRefusedAsync("default_transaction_read_only", builder => builder.AddSubscriber<TickHandler>("ticks"), "'ticks'");
        await AssertRefusedAsync("default_transaction_read_only", builder => builder.MigrateOnStart(), "MigrateOnStart");
    }

    [Fact]
    public async Task A_stand_by_is_read_and_fails_the_start_of_what_writes()
    {
        // A server that says of itself what a stand-by says.
        await Database.ExecuteAsync(
            "CREATE SCHEMA standby; CREATE FUNCTION standby.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true'");
        const string Standby = ";Search Path=\"standby,pg_catalog\"";
        await using (var reader = Fixture.CreateStore(Database.ConnectionString + Standby))
            await reader.Host.StartAsync(Ct);

        await AssertRefusedAsync("Target Session Attributes=primary", builder => builder.AddSubscriber<TickHandler>("ticks"), "'ticks'",
            Standby);
    }

    [Theory]
    [InlineData("statement pooling mode", true)]
    [InlineData("unsupported startup parameter", false)]
    public void A_pool_in_statement_mode_is_told_from_other_trouble(string text, bool expected)
    {
        var exception = new PostgresException($"no more transactions: transaction blocks not allowed in {text}", "FATAL", "FATAL",
            PostgresErrorCodes.ProtocolViolation);
        Assert.Equal(expected, StatementPoolCheck.IsRefusal(exception));
        Assert.Contains("pool_mode = transaction", StatementPoolCheck.Refuse(exception).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_too_old_is_refused()
    {
        var settings = new ServerSettings("shop", 140_000, "UTF8", "UTF8", "read committed", IsReadOnly: false, IsStandby: false);
        VersionCheck.Check(settings);
        Assert.Contains("PostgreSQL 13",
            Assert.Throws<InvalidOperationException>(() => VersionCheck.Check(settings with { Version = 130_011 })).Message,
                StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string saying, Action<EventStoreBuilder> configure, string writer, string more = ";Pooling=false")
    {
        await using var store = Fixture.CreateStore(Database.ConnectionString + more, configure);
        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Host.StartAsync(Ct));
        Assert.False(exception.OutcomeUnknown);
        Assert.Contains(saying, exception.Message, StringComparison.Ordinal);
        Assert.Contains(writer, exception.Message, StringComparison.Ordinal);
    }
}
