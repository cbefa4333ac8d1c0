namespace EventStore.EF.Sqlite.Tests.Specification;

// The suites of running subscriptions, on SQLite. ComplianceTests fails when one is missing.
public sealed class ConsumerBatchTests(SqliteFixture fixture) : ConsumerBatchSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerAcknowledgementTests(SqliteFixture fixture) : ConsumerAcknowledgementSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerBufferTests(SqliteFixture fixture) : ConsumerBufferSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerCheckpointTests(SqliteFixture fixture) : ConsumerCheckpointSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerFunctionTests(SqliteFixture fixture) : ConsumerFunctionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerStartTests(SqliteFixture fixture) : ConsumerStartSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerOwnershipTests(SqliteFixture fixture) : ConsumerOwnershipSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ConsumerParkingTests(SqliteFixture fixture) : ConsumerParkingSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SeveralConsumersTests(SqliteFixture fixture) : SeveralConsumersSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class PartitionTests(SqliteFixture fixture) : PartitionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class StreamSubscriptionTests(SqliteFixture fixture) : StreamSubscriptionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class TransientSubscriptionTests(SqliteFixture fixture) : TransientSubscriptionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RunningAdministrationTests(SqliteFixture fixture) : RunningAdministrationSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RunningPauseTests(SqliteFixture fixture) : RunningPauseSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RunningParkingTests(SqliteFixture fixture) : RunningParkingSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ErrorPolicyTests(SqliteFixture fixture) : ErrorPolicySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RunningWaitTests(SqliteFixture fixture) : RunningWaitSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class HandlingTraceTests(SqliteFixture fixture) : HandlingTraceSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class MeasureTests(SqliteFixture fixture) : MeasureSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class SubscriptionDefectsTests(SqliteFixture fixture) : SubscriptionDefectsSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class HandlerFailureTests(SqliteFixture fixture) : HandlerFailureSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class StopTests(SqliteFixture fixture) : StopSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class OddTextTests(SqliteFixture fixture) : OddTextSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class FalseAlarmTests(SqliteFixture fixture) : FalseAlarmSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProcessEndTests(SqliteFixture fixture) : ProcessEndSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionProcessEndTests(SqliteFixture fixture) : ProjectionProcessEndSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RunawayTests(SqliteFixture fixture) : RunawaySpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ClockSetBackTests(SqliteFixture fixture) : ClockSetBackSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionContextTests(SqliteFixture fixture) : ProjectionContextSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionBlameTests(SqliteFixture fixture) : ProjectionBlameSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RepartitionTests(SqliteFixture fixture) : RepartitionSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ShapeFenceTests(SqliteFixture fixture) : ShapeFenceSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class RenameTests(SqliteFixture fixture) : RenameSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ShapeCheckTests(SqliteFixture fixture) : ShapeCheckSpecification(fixture), IClassFixture<SqliteFixture>;

public sealed class ProjectionRepartitionTests(SqliteFixture fixture) : ProjectionRepartitionSpecification(fixture), IClassFixture<SqliteFixture>;
