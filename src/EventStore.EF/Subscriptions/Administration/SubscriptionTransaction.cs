using System.Data.Common;
using EventStore.EF.Storage;

namespace EventStore.EF.Subscriptions.Administration;

/// <summary>A transaction about one subscription: its statements get the subscription's name and stream automatically.</summary>
internal readonly record struct SubscriptionTransaction(DbTransaction Transaction, string Name, string Stream)
{
    public DbCommand Command(string sql, params (string Name, object? Value)[] parameters)
        => Transaction.Command(sql, [("name", Name), ("stream", Stream), .. parameters]);

    /// <returns>How many rows were changed.</returns>
    public Task<int> RunAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
        => Transaction.ExecuteAsync(sql, ct, [("name", Name), ("stream", Stream), .. parameters]);

    /// <returns>The single value of the statement's only row.</returns>
    public async Task<string?> KeyAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ScalarAsync(ct).ConfigureAwait(false) as string;
    }

    /// <summary>Whether a statement finds a subscription of this name to the same stream.</summary>
    public async Task<bool> IsThereAsync(string sql, string name, CancellationToken ct)
    {
        await using var command = Transaction.Command(sql, ("name", name), ("stream", Stream));
        return await command.ScalarAsync(ct).ConfigureAwait(false) is not null;
    }
}
