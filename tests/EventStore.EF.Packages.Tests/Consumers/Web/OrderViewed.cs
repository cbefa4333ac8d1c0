using EventStore.EF;

namespace Web;

[Event("order-viewed")]
public sealed record OrderViewed(int Number, DateOnly On);
