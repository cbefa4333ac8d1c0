namespace EventStore.EF.PostgreSQL.Tests.Specification;

// Every suite of the specification, on PostgreSQL. ComplianceTests fails when one is missing.
public sealed class AppendTests(PostgreSqlFixture fixture) : AppendSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendConcurrencyTests(PostgreSqlFixture fixture) : AppendConcurrencySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendIdempotencyTests(PostgreSqlFixture fixture) : AppendIdempotencySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendMetadataTests(PostgreSqlFixture fixture) : AppendMetadataSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SeveralStreamsTests(PostgreSqlFixture fixture) : SeveralStreamsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConditionTests(PostgreSqlFixture fixture) : ConditionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendDefectsTests(PostgreSqlFixture fixture) : AppendDefectsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LinkTests(PostgreSqlFixture fixture) : LinkSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LinkReadingTests(PostgreSqlFixture fixture) : LinkReadingSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LinkIdempotencyTests(PostgreSqlFixture fixture) : LinkIdempotencySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LinkConcurrencyTests(PostgreSqlFixture fixture) : LinkConcurrencySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LinkDefectsTests(PostgreSqlFixture fixture) : LinkDefectsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransactionTests(PostgreSqlFixture fixture) : TransactionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransactionConflictTests(PostgreSqlFixture fixture) : TransactionConflictSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransactionRulesTests(PostgreSqlFixture fixture) : TransactionRulesSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransactionSubscriptionTests(PostgreSqlFixture fixture) : TransactionSubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SubscriptionTests(PostgreSqlFixture fixture) : SubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;
public sealed class ReadStreamTests(PostgreSqlFixture fixture) : ReadStreamSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ReadAllTests(PostgreSqlFixture fixture) : ReadAllSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class PayloadTests(PostgreSqlFixture fixture) : PayloadSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SchemaTests(PostgreSqlFixture fixture) : SchemaSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class GuardTests(PostgreSqlFixture fixture) : GuardSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> OtherStatements =>
    [
        "TRUNCATE {events}",
        "TRUNCATE {events}, {streams} CASCADE",
        "TRUNCATE {streams} RESTART IDENTITY",
        "MERGE INTO {events} e USING {streams} s ON e.stream_id = s.id WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM {events} RETURNING 1) SELECT count(*) FROM gone",
        "INSERT INTO {events} (stream_id, version, event_id, type, data) SELECT stream_id, version, event_id, 'forged', '{}' FROM {events} ON CONFLICT (event_id) DO UPDATE SET type = 'forged'",
    ];
}

public sealed class BadInputTests(PostgreSqlFixture fixture) : BadInputSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_wrong_password_is_refused_at_once_with_what_to_check()
    {
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(Database.ConnectionString) { Password = "wrong", Pooling = false };
        await using (var trusted = new Npgsql.NpgsqlConnection(connection.ConnectionString))
        {
            var refused = await Record.ExceptionAsync(() => trusted.OpenAsync(Ct));
            Assert.SkipWhen(refused is null, "This server lets everybody in without a password.");
        }

        await AssertRefusedAsync(connection.ConnectionString, store => store.Host.StartAsync(Ct));
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_refused_at_once_with_what_to_check()
        => await AssertRefusedAsync(MissingDatabase);

    [Fact]
    public async Task A_start_on_a_database_that_does_not_exist_fails_with_the_command_that_makes_it()
    {
        await using var store = Fixture.CreateStore(MissingDatabase);
        var exception = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("the database itself doesn't exist", exception.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet ef database update", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_without_a_host_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => Fixture.CreateStore("Database=shop"));
        Assert.Contains("names no host", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_without_a_server_fails_with_what_to_check()
    {
        await using var store = Fixture.CreateStore(Fixture.UnreachableConnectionString, builder => builder.Configure(options =>
        {
            options.MaxRetryAttempts = 2;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
        }));
        AssertUnavailable(await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Host.StartAsync(Ct)));
    }

    private string MissingDatabase => new Npgsql.NpgsqlConnectionStringBuilder(Database.ConnectionString) { Database = "no_such_database" }.ConnectionString;

    /// <inheritdoc/>
    protected override void AssertUnavailable(EventStoreUnavailableException exception)
        => Assert.Contains("can't be reached, after 3 attempts", exception.Message, StringComparison.Ordinal);

    private async Task AssertRefusedAsync(string connectionString, params Func<TestStore, Task>[] more)
    {
        // With a delay of an hour a repetition would not end.
        await using var store = Fixture.CreateStore(connectionString, builder => builder.Configure(options => options.RetryDelay = TimeSpan.FromHours(1)));
        foreach (var operation in (Func<TestStore, Task>[])
        [
            store => store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(1), ct: Ct),
            store => ToListAsync(store.Events.ReadAllAsync(ct: Ct)),
            .. more,
        ])
        {
            var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => operation(store));
            Assert.False(exception.OutcomeUnknown);
            Assert.Contains("user, password and database name", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong", exception.Message, StringComparison.Ordinal);
        }
    }
}
