namespace EventStore.EF;

/// <summary>What a <see cref="DeliveryMachine"/> needs done next.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Place">Where: see <see cref="DeliveryStepKind"/>.</param>
/// <param name="Items">The events to park; empty for the other kinds.</param>
/// <param name="Within">How long to wait at most; for ever when <see langword="null"/>.</param>
internal readonly record struct DeliveryStep(DeliveryStepKind Kind, long Place, IReadOnlyList<DeliveryItem> Items, TimeSpan? Within = null);
