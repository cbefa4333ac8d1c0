namespace EventStore.EF.PostgreSQL.Tests.Specification;

// Every suite of the specification, on PostgreSQL. ComplianceTests fails when one is missing.
public sealed class AppendTests(PostgreSqlFixture fixture) : AppendSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LifetimeTests(PostgreSqlFixture fixture) : LifetimeSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RegistrationTests(PostgreSqlFixture fixture) : RegistrationSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class CultureTests(PostgreSqlFixture fixture) : CultureSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class NewerSchemaTests(PostgreSqlFixture fixture) : NewerSchemaSpecification(fixture), IClassFixture<PostgreSqlFixture>;

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

public sealed class CallersScopeTests(PostgreSqlFixture fixture) : CallersScopeSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class CallersContextTests(PostgreSqlFixture fixture) : CallersContextSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransactionDatabaseTests(PostgreSqlFixture fixture)
    : TransactionDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransactionSubscriptionTests(PostgreSqlFixture fixture) : TransactionSubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SubscriptionTests(PostgreSqlFixture fixture) : SubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionTests(PostgreSqlFixture fixture) : ProjectionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionFaultTests(PostgreSqlFixture fixture) : ProjectionFaultSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionErrorTests(PostgreSqlFixture fixture) : ProjectionErrorSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionAppendTests(PostgreSqlFixture fixture) : ProjectionAppendSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LeaseTests(PostgreSqlFixture fixture) : LeaseSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SubscriptionStartTests(PostgreSqlFixture fixture) : SubscriptionStartSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class HeartbeatTests(PostgreSqlFixture fixture) : HeartbeatSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class PartitionSharingTests(PostgreSqlFixture fixture) : PartitionSharingSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ParkedEventTests(PostgreSqlFixture fixture) : ParkedEventSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SubscriptionAdministrationTests(PostgreSqlFixture fixture) : SubscriptionAdministrationSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class WaitForTests(PostgreSqlFixture fixture) : WaitForSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ReadStreamTests(PostgreSqlFixture fixture) : ReadStreamSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ReadAllTests(PostgreSqlFixture fixture) : ReadAllSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class MemoryLimitsTests(PostgreSqlFixture fixture) : MemoryLimitsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class PayloadTests(PostgreSqlFixture fixture) : PayloadSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class StateTests(PostgreSqlFixture fixture) : StateSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RecordedStateTests(PostgreSqlFixture fixture) : RecordedStateSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ShortenedStreamTests(PostgreSqlFixture fixture)
    : ShortenedStreamSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class UpdateTests(PostgreSqlFixture fixture) : UpdateSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class VersionTests(PostgreSqlFixture fixture) : VersionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SchemaTests(PostgreSqlFixture fixture) : SchemaSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendFromHandlersTests(PostgreSqlFixture fixture) : AppendFromHandlersSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class FilterTests(PostgreSqlFixture fixture) : FilterSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class PayloadLimitsTests(PostgreSqlFixture fixture) : PayloadLimitsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class QueryTests(PostgreSqlFixture fixture) : QuerySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class StreamInfoTests(PostgreSqlFixture fixture) : StreamInfoSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class StreamListTests(PostgreSqlFixture fixture) : StreamListSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SoftDeleteTests(PostgreSqlFixture fixture) : SoftDeleteSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class HardDeleteTests(PostgreSqlFixture fixture) : HardDeleteSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TruncateTests(PostgreSqlFixture fixture) : TruncateSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class StreamDefectsTests(PostgreSqlFixture fixture) : StreamDefectsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SnapshotTests(PostgreSqlFixture fixture) : SnapshotSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SerializerTests(PostgreSqlFixture fixture) : SerializerSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class CreatedAtTests(PostgreSqlFixture fixture) : CreatedAtSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override TimeSpan Precision => TimeSpan.FromMicroseconds(1);
}

public sealed class GuardTests(PostgreSqlFixture fixture) : GuardSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> OtherStatements =>
    [
        "TRUNCATE {events} CASCADE",
        "TRUNCATE {events}, {streams} CASCADE",
        "TRUNCATE {streams} RESTART IDENTITY CASCADE",
        "TRUNCATE {stream_links}",
        "TRUNCATE {stream_links}, {streams} CASCADE",
        "MERGE INTO {events} e USING {streams} s ON e.stream_id = s.id WHEN MATCHED THEN UPDATE SET type = 'forged'",
        "MERGE INTO {stream_links} l USING {streams} s ON l.stream_id = s.id WHEN MATCHED THEN DELETE",
        "MERGE INTO {stream_links} l USING {streams} s ON l.stream_id = s.id WHEN MATCHED THEN UPDATE SET number = l.number + 1",
        "MERGE INTO {streams} t USING {streams} s ON t.id = s.id WHEN MATCHED THEN DELETE",
        "MERGE INTO {streams} t USING {streams} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = t.name || '-forged'",
        "INSERT INTO {streams} (name, version) SELECT name, 0 FROM {streams} ON CONFLICT (tenant, name) DO UPDATE SET name = 'forged'",
        "INSERT INTO {streams} (name, version) SELECT name, 0 FROM {streams} ON CONFLICT (tenant, name) DO UPDATE SET version = 0",
        "MERGE INTO {streams} t USING {streams} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET version = t.version - 1",
        "MERGE INTO {streams} t USING {streams} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET has_links = false",
        "INSERT INTO {stream_links} (stream_id, number, position) SELECT stream_id, number, position FROM {stream_links} ON CONFLICT (stream_id, number) DO UPDATE SET number = 1000",
        "MERGE INTO {events} e USING {streams} s ON e.stream_id = s.id WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM {events} RETURNING 1) SELECT count(*) FROM gone",
        "INSERT INTO {events} (stream_id, version, event_id, type, data) SELECT stream_id, version, event_id, 'forged', '{}' FROM {events} ON CONFLICT (event_id) DO UPDATE SET type = 'forged'",
    ];

    [Fact]
    public async Task What_a_session_says_about_removals_lets_nothing_through()
    {
        var (stream, target) = (NewStream(), NewStream());
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync(target, ExpectedVersion.NoStream, await ReadAsync(stream), Ct);
        var before = await Database.ContentAsync();
        await using var connection = await Database.OpenAsync();
        foreach (var value in (string[])["'on'", "''", "NULL", "'1'", "pg_current_xact_id()::text"])
        {
            await using (var setting = Database.Command(connection, $"SELECT set_config('eventstore.removal', {value}, false)"))
                await setting.ExecuteNonQueryAsync(Ct);

            foreach (var sql in (string[])["DELETE FROM {events}", "DELETE FROM {stream_links}", "DELETE FROM {streams}", "UPDATE {events} SET type = 'forged'"])
            {
                await using var command = Database.Command(connection, sql);
                Assert.Contains("refused", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Ct))).Message, StringComparison.Ordinal);

                // Also in a transaction that has written, and so has a number.
                await using var transaction = await connection.BeginTransactionAsync(Ct);
                await using var writing = Database.Command(connection, "UPDATE {streams} SET last_activity_at = last_activity_at; " + sql);
                Assert.Contains("refused", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => writing.ExecuteNonQueryAsync(Ct))).Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(before, await Database.ContentAsync());
        await AssertNumbersAsync(target, 1, 2);
    }
}

public sealed class LogTests(PostgreSqlFixture fixture) : LogSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class BadInputTests(PostgreSqlFixture fixture) : BadInputSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_wrong_password_is_refused_at_once_with_what_to_check()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool has error codes of its own for that");
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
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool has error codes of its own for that");
        await AssertRefusedAsync(MissingDatabase);
    }

    [Fact]
    public async Task A_start_on_a_database_that_does_not_exist_fails_with_the_command_that_makes_it()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool has error codes of its own for that");
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
            store => store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            store => ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct)),
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

public sealed class DeploymentTests(PostgreSqlFixture fixture) : DeploymentSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class DefinitionTests(PostgreSqlFixture fixture) : DefinitionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProcessFaultTests(PostgreSqlFixture fixture) : ProcessFaultSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionDeploymentTests(PostgreSqlFixture fixture) : ProjectionDeploymentSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class UnknownEventTests(PostgreSqlFixture fixture) : UnknownEventSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class InconsistentStreamTests(PostgreSqlFixture fixture) : InconsistentStreamSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LimitsTests(PostgreSqlFixture fixture) : LimitsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class OptionLimitsTests(PostgreSqlFixture fixture) : OptionLimitsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ReportTests(PostgreSqlFixture fixture) : ReportSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class HealthTests(PostgreSqlFixture fixture) : HealthSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class LoopHealthTests(PostgreSqlFixture fixture) : LoopHealthSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendTraceTests(PostgreSqlFixture fixture) : AppendTraceSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionTraceTests(PostgreSqlFixture fixture) : ProjectionTraceSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class OperationMeasureTests(PostgreSqlFixture fixture) : OperationMeasureSpecification(fixture), IClassFixture<PostgreSqlFixture>;
