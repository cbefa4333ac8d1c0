namespace EventStore.EF.Telemetry;

/// <summary>
/// The names of the tags of spans and measurements: those of OpenTelemetry's conventions for messaging where they have one, and the store's
/// own.
/// </summary>
internal static class TagNames
{
    public const string MessagingSystem = "messaging.system";

    public const string Operation = "messaging.operation.name";

    public const string OperationType = "messaging.operation.type";

    public const string Destination = "messaging.destination.template";

    public const string ConsumerGroup = "messaging.consumer.group.name";

    public const string MessageId = "messaging.message.id";

    public const string MessageCount = "messaging.batch.message_count";

    public const string ErrorType = "error.type";

    public const string GroupSize = "eventstore.append.group.size";

    public const string GroupLeftOut = "eventstore.append.group.left_out";

    public const string Stream = "eventstore.stream";

    public const string StreamVersion = "eventstore.stream.version";

    public const string Position = "eventstore.position";

    public const string EventType = "eventstore.event.type";

    public const string Attempt = "eventstore.attempt";

    public const string Live = "eventstore.live";

    public const string Subscription = "eventstore.subscription";

    public const string Partition = "eventstore.partition";

    public const string Status = "eventstore.status";

    public const string State = "eventstore.state";

    public const string EventsFolded = "eventstore.state.events_folded";

    public const string SnapshotHit = "eventstore.state.snapshot_hit";

    /// <summary>The outcome of a measured operation: see <see cref="Telemetry.Outcome"/>.</summary>
    public const string Outcome = "eventstore.outcome";

    /// <summary>The outcome of an append, on its span.</summary>
    public const string AppendOutcome = "eventstore.append.outcome";
}
