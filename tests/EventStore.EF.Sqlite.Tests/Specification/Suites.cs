namespace EventStore.EF.Sqlite.Tests.Specification;

// Every suite of the specification, on SQLite. ComplianceTests fails when one is missing.
public sealed class AppendTests(SqliteFixture fixture) : AppendSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LifetimeTests(SqliteFixture fixture) : LifetimeSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RegistrationTests(SqliteFixture fixture) : RegistrationSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class CultureTests(SqliteFixture fixture) : CultureSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class NewerSchemaTests(SqliteFixture fixture) : NewerSchemaSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class AppendConcurrencyTests(SqliteFixture fixture) : AppendConcurrencySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class AppendIdempotencyTests(SqliteFixture fixture) : AppendIdempotencySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class AppendMetadataTests(SqliteFixture fixture) : AppendMetadataSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SeveralStreamsTests(SqliteFixture fixture) : SeveralStreamsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConditionTests(SqliteFixture fixture) : ConditionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class AppendDefectsTests(SqliteFixture fixture) : AppendDefectsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LinkTests(SqliteFixture fixture) : LinkSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LinkReadingTests(SqliteFixture fixture) : LinkReadingSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LinkIdempotencyTests(SqliteFixture fixture) : LinkIdempotencySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LinkConcurrencyTests(SqliteFixture fixture) : LinkConcurrencySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LinkDefectsTests(SqliteFixture fixture) : LinkDefectsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TransactionTests(SqliteFixture fixture) : TransactionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TransactionConflictTests(SqliteFixture fixture) : TransactionConflictSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TransactionRulesTests(SqliteFixture fixture) : TransactionRulesSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class CallersScopeTests(SqliteFixture fixture) : CallersScopeSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class CallersContextTests(SqliteFixture fixture) : CallersContextSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TransactionDatabaseTests(SqliteFixture fixture)
    : TransactionDatabaseSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TransactionSubscriptionTests(SqliteFixture fixture) : TransactionSubscriptionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SubscriptionTests(SqliteFixture fixture) : SubscriptionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionTests(SqliteFixture fixture) : ProjectionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionFaultTests(SqliteFixture fixture) : ProjectionFaultSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionErrorTests(SqliteFixture fixture) : ProjectionErrorSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionAppendTests(SqliteFixture fixture) : ProjectionAppendSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LeaseTests(SqliteFixture fixture) : LeaseSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SubscriptionStartTests(SqliteFixture fixture) : SubscriptionStartSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class HeartbeatTests(SqliteFixture fixture) : HeartbeatSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class PartitionSharingTests(SqliteFixture fixture) : PartitionSharingSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ParkedEventTests(SqliteFixture fixture) : ParkedEventSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SubscriptionAdministrationTests(SqliteFixture fixture) : SubscriptionAdministrationSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class WaitForTests(SqliteFixture fixture) : WaitForSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ReadStreamTests(SqliteFixture fixture) : ReadStreamSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ReadAllTests(SqliteFixture fixture) : ReadAllSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class MemoryLimitsTests(SqliteFixture fixture) : MemoryLimitsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class PayloadTests(SqliteFixture fixture) : PayloadSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class StateTests(SqliteFixture fixture) : StateSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RecordedStateTests(SqliteFixture fixture) : RecordedStateSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ShortenedStreamTests(SqliteFixture fixture) : ShortenedStreamSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class UpdateTests(SqliteFixture fixture) : UpdateSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class VersionTests(SqliteFixture fixture) : VersionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SchemaTests(SqliteFixture fixture) : SchemaSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class AppendFromHandlersTests(SqliteFixture fixture) : AppendFromHandlersSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class FilterTests(SqliteFixture fixture) : FilterSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class PayloadLimitsTests(SqliteFixture fixture) : PayloadLimitsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class QueryTests(SqliteFixture fixture) : QuerySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class StreamInfoTests(SqliteFixture fixture) : StreamInfoSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class StreamListTests(SqliteFixture fixture) : StreamListSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SoftDeleteTests(SqliteFixture fixture) : SoftDeleteSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class HardDeleteTests(SqliteFixture fixture) : HardDeleteSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TruncateTests(SqliteFixture fixture) : TruncateSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class StreamDefectsTests(SqliteFixture fixture) : StreamDefectsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SnapshotTests(SqliteFixture fixture) : SnapshotSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SerializerTests(SqliteFixture fixture) : SerializerSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class CreatedAtTests(SqliteFixture fixture) : CreatedAtSpecification(fixture), IClassFixture<SqliteFixture>
{
    /// <inheritdoc/>
    protected override TimeSpan Precision => TimeSpan.FromMilliseconds(1);
}

public sealed class GuardTests(SqliteFixture fixture) : GuardSpecification(fixture), IClassFixture<SqliteFixture>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> OtherStatements =>
    [
        "REPLACE INTO {events} (position, stream_id, version, event_id, type, data, created_at) SELECT position, stream_id, version, event_id, 'forged', '{}', created_at FROM {events}",
        "INSERT OR REPLACE INTO {events} (stream_id, version, event_id, type, data, created_at) SELECT stream_id, version, upper(hex(randomblob(16))), 'forged', '{}', created_at FROM {events}",
        "INSERT INTO {events} (stream_id, version, event_id, type, data, created_at) SELECT stream_id, version, event_id, 'forged', '{}', created_at FROM {events} WHERE true ON CONFLICT (event_id) DO UPDATE SET type = 'forged'",
        "UPDATE OR REPLACE {events} SET event_id = (SELECT event_id FROM {events} WHERE position = (SELECT max(position) FROM {events}))",
        "UPDATE OR IGNORE {events} SET type = 'forged'",
        "REPLACE INTO {streams} (name, version, created_at) SELECT name, 0, created_at FROM {streams}",
        "UPDATE OR IGNORE {streams} SET version = version - 1",
        "UPDATE OR REPLACE {streams} SET has_links = 0",
        "REPLACE INTO {stream_links} (stream_id, number, position) SELECT stream_id, number, position FROM {stream_links}",
        "INSERT OR REPLACE INTO {stream_links} (stream_id, number, position) SELECT stream_id, number + 1000, position FROM {stream_links}",
        "INSERT INTO {stream_links} (stream_id, number, position) SELECT stream_id, number, position FROM {stream_links} WHERE true ON CONFLICT (stream_id, number) DO UPDATE SET number = number + 1000",
        "UPDATE OR REPLACE {stream_links} SET number = 1",
        "UPDATE OR IGNORE {stream_links} SET number = number + 1",
    ];
}

public sealed class LogTests(SqliteFixture fixture) : LogSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class BadInputTests(SqliteFixture fixture) : BadInputSpecification(fixture), IClassFixture<SqliteFixture>
{
    [Theory]
    [InlineData("Data Source=:memory:", "in memory")]
    [InlineData("Data Source=shop.db;Mode=Memory", "in memory")]
    [InlineData("Data Source=file:shop?mode=memory", "in memory")]
    [InlineData("Data Source=shop.db;Cache=Shared", "Cache=Shared")]
    [InlineData("Mode=ReadWrite", "no Data Source")]
    public void A_connection_string_that_names_no_file_is_refused_with_what_to_write(string connectionString, string reason)
    {
        var exception = Assert.Throws<ArgumentException>(() => Fixture.CreateStore(connectionString));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    protected override void AssertUnavailable(EventStoreUnavailableException exception)
        => Assert.Contains("missing' doesn't exist", exception.Message, StringComparison.Ordinal);
}

public sealed class DeploymentTests(SqliteFixture fixture) : DeploymentSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class DefinitionTests(SqliteFixture fixture) : DefinitionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProcessFaultTests(SqliteFixture fixture) : ProcessFaultSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionDeploymentTests(SqliteFixture fixture) : ProjectionDeploymentSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class UnknownEventTests(SqliteFixture fixture) : UnknownEventSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class InconsistentStreamTests(SqliteFixture fixture) : InconsistentStreamSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LimitsTests(SqliteFixture fixture) : LimitsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class OptionLimitsTests(SqliteFixture fixture) : OptionLimitsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ReportTests(SqliteFixture fixture) : ReportSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class HealthTests(SqliteFixture fixture) : HealthSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class LoopHealthTests(SqliteFixture fixture) : LoopHealthSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class AppendTraceTests(SqliteFixture fixture) : AppendTraceSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionTraceTests(SqliteFixture fixture) : ProjectionTraceSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class OperationMeasureTests(SqliteFixture fixture) : OperationMeasureSpecification(fixture), IClassFixture<SqliteFixture>;
