using EventStore.EF.Errors;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>A worker failed in an unexpected way.</summary>
internal sealed class ProcessingAbortedException(Exception cause) : Exception(ErrorText.MessageOf(cause), cause), IWrapperException;

/// <summary>
/// Something that this process committed is missing from the database that answers now; the checkpoint there is of the same state.
/// </summary>
internal sealed class CheckpointBehindException(long stored, long kept)
    : Exception(
        $"The stored checkpoint is {stored}, and what was written for {kept} is gone: a stand-by that had fallen behind has taken over, " +
        "or the database was restored to an earlier state.");

/// <summary>
/// A parked key was freed while later events were on their way to a projection: harmless, but only a restart puts them in order.
/// </summary>
internal sealed class KeyFreedException() : Exception("A parked key was freed while later events were on their way to the projection.");
