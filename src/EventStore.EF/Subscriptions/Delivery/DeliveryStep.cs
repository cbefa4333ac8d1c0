namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>The next step of a <see cref="DeliveryMachine"/>.</summary>
/// <param name="Kind">The kind of step.</param>
/// <param name="Place">The position of the step: see <see cref="DeliveryStepKind"/>.</param>
/// <param name="Items">The events to park; empty for the other kinds.</param>
/// <param name="Within">How long to wait at most; <see langword="null"/> for ever.</param>
internal readonly record struct DeliveryStep(DeliveryStepKind Kind, long Place, IReadOnlyList<DeliveryItem> Items, TimeSpan? Within = null);
