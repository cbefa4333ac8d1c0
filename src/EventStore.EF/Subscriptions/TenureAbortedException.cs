namespace EventStore.EF;

/// <summary>A worker failed in a way that nobody expected.</summary>
internal sealed class TenureAbortedException(Exception cause) : Exception(ErrorText.MessageOf(cause), cause);

/// <summary>A parked key was freed while later events were on their way to a projection: harmless, but only beginning again brings them in order.</summary>
internal sealed class KeyFreedException() : Exception("A parked key was freed while later events were on their way to the projection.");
