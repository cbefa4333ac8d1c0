using EventStore.EF;

namespace TwoOfOneName;

[Event("order-placed")]
public sealed record OrderPlaced(string Customer);

[Event("order-placed")]
public sealed record OrderReceived(string Customer);
