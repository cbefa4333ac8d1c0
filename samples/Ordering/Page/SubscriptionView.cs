namespace Ordering.Page;

/// <summary>How far a subscription has come, by its checkpoint.</summary>
internal sealed record SubscriptionView(string Name, long Position, string? LastError);
