namespace Ordering.Domain;

/// <summary>How the parcel travels.</summary>
public sealed record Shipment(Carrier Carrier, string TrackingCode);
