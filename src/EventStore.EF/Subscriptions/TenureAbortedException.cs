namespace EventStore.EF;

/// <summary>A worker failed in a way that nobody expected.</summary>
internal sealed class TenureAbortedException(Exception cause) : Exception(cause.Message, cause);
