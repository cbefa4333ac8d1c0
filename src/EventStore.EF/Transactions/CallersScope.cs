using System.Transactions;

namespace EventStore.EF;

/// <summary>
/// The System.Transactions transaction around a call, usually a <see cref="TransactionScope"/>. The store takes no part in it: one
/// connection serves many callers, and the rollback of one of them would undo what the others were told is written.
/// </summary>
internal static class CallersScope
{
    /// <summary>Whether the calling code runs inside one.</summary>
    public static bool IsPresent
    {
        get
        {
            try
            {
                return Transaction.Current is not null;
            }
            catch (InvalidOperationException)
            {
                // A scope that is complete and not disposed of yet.
                return true;
            }
        }
    }

    /// <summary>
    /// Leaves it until the result is disposed of, on the same thread. Asynchronous work that is started meanwhile stays outside to its end.
    /// </summary>
    public static IDisposable? Leave()
        => IsPresent && Safeguards.AmbientState ? new TransactionScope(TransactionScopeOption.Suppress) : null;

    /// <exception cref="InvalidOperationException">The calling code runs inside one.</exception>
    public static void Refuse(StreamName? stream)
    {
        if (IsPresent && Safeguards.AmbientState)
            throw Refusal(stream);
    }

    private static InvalidOperationException Refusal(StreamName? stream) => new(
        $"Nothing was written{(stream is { } name ? $" to stream '{name}'" : "")}: the call is inside a System.Transactions transaction " +
        "(a TransactionScope), whose rollback would not undo what the event store writes. To commit events together with your own rows, " +
        "begin a transaction with BeginTransactionAsync and write through IEventStore.WithTransaction. To write whatever becomes of the " +
        "scope, put the call into new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled).");
}
