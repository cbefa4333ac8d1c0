namespace Ordering.Domain;

/// <summary>Who ordered.</summary>
public sealed record Customer(string Name, string Email);
