namespace EventStore.EF;

/// <summary>Events serialized and checked, ready to be written to one stream.</summary>
internal sealed record AppendPlan(StreamName Stream, ExpectedVersion Expected, IReadOnlyList<PlannedEvent> Events);

/// <summary>One event of an append: UTF-8 JSON and what is stored beside it.</summary>
internal sealed record PlannedEvent(
    Guid Id, string Type, int SchemaVersion, byte[] Data, byte[]? Metadata, Guid? CorrelationId, Guid? CausationId);
