namespace Ordering.Domain;

/// <summary>The parcel is packed; its tracking code is needed by the customer.</summary>
public sealed record ShipOrder(string? TrackingCode, Carrier Carrier = Carrier.Post);
