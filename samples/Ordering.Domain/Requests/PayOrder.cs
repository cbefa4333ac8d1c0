namespace Ordering.Domain;

/// <summary>The amount is sent along so that nobody pays another sum than the one they were shown.</summary>
public sealed record PayOrder(decimal Amount, PaymentMethod Method = PaymentMethod.Card);
