namespace EventStore.EF.PostgreSQL.Tests.Specification;

// The suites of running subscriptions, on PostgreSQL. ComplianceTests fails when one is missing.
public sealed class ConsumerBatchTests(PostgreSqlFixture fixture) : ConsumerBatchSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerAcknowledgementTests(PostgreSqlFixture fixture) : ConsumerAcknowledgementSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerBufferTests(PostgreSqlFixture fixture) : ConsumerBufferSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerCheckpointTests(PostgreSqlFixture fixture) : ConsumerCheckpointSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerFunctionTests(PostgreSqlFixture fixture) : ConsumerFunctionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerStartTests(PostgreSqlFixture fixture) : ConsumerStartSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerOwnershipTests(PostgreSqlFixture fixture) : ConsumerOwnershipSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ConsumerParkingTests(PostgreSqlFixture fixture) : ConsumerParkingSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SeveralConsumersTests(PostgreSqlFixture fixture) : SeveralConsumersSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class PartitionTests(PostgreSqlFixture fixture) : PartitionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class StreamSubscriptionTests(PostgreSqlFixture fixture) : StreamSubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class TransientSubscriptionTests(PostgreSqlFixture fixture) : TransientSubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RunningAdministrationTests(PostgreSqlFixture fixture) : RunningAdministrationSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RunningPauseTests(PostgreSqlFixture fixture) : RunningPauseSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RunningParkingTests(PostgreSqlFixture fixture) : RunningParkingSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ErrorPolicyTests(PostgreSqlFixture fixture) : ErrorPolicySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RunningWaitTests(PostgreSqlFixture fixture) : RunningWaitSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class HandlingTraceTests(PostgreSqlFixture fixture) : HandlingTraceSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class MeasureTests(PostgreSqlFixture fixture) : MeasureSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SubscriptionDefectsTests(PostgreSqlFixture fixture) : SubscriptionDefectsSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class HandlerFailureTests(PostgreSqlFixture fixture) : HandlerFailureSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class StopTests(PostgreSqlFixture fixture) : StopSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class OddTextTests(PostgreSqlFixture fixture) : OddTextSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class FalseAlarmTests(PostgreSqlFixture fixture) : FalseAlarmSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProcessEndTests(PostgreSqlFixture fixture) : ProcessEndSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionProcessEndTests(PostgreSqlFixture fixture) : ProjectionProcessEndSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RunawayTests(PostgreSqlFixture fixture) : RunawaySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ClockSetBackTests(PostgreSqlFixture fixture) : ClockSetBackSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionContextTests(PostgreSqlFixture fixture) : ProjectionContextSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionBlameTests(PostgreSqlFixture fixture) : ProjectionBlameSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RepartitionTests(PostgreSqlFixture fixture) : RepartitionSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ShapeFenceTests(PostgreSqlFixture fixture) : ShapeFenceSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class RenameTests(PostgreSqlFixture fixture) : RenameSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ShapeCheckTests(PostgreSqlFixture fixture) : ShapeCheckSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ProjectionRepartitionTests(PostgreSqlFixture fixture) : ProjectionRepartitionSpecification(fixture), IClassFixture<PostgreSqlFixture>;
