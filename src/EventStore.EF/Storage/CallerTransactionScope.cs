using System.Transactions;

namespace EventStore.EF.Storage;

/// <summary>
/// The System.Transactions transaction around a call, usually a <see cref="TransactionScope"/>. The store takes no part in it: one
/// connection serves many callers, and the rollback of one of them would undo writes already reported to the others.
/// </summary>
internal static class CallerTransactionScope
{
    /// <summary>Whether the calling code runs inside a System.Transactions transaction.</summary>
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
                // The scope is complete but not disposed yet.
                return true;
            }
        }
    }

    /// <summary>
    /// Leaves the scope until the result is disposed, on the same thread. Asynchronous work started during that time stays outside the
    /// scope to its end.
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
        "begin a transaction with BeginTransactionAsync and write through IEventStore.WithTransaction. To write independently of the " +
        "scope, put the call into new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled).");
}
