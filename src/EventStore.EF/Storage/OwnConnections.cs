using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EventStore.EF.Storage;

/// <summary>
/// Opens the connections of <see cref="EventStoreDbContext"/> outside any System.Transactions transaction, so that none of them enlists.
/// </summary>
internal sealed class OwnConnections : DbConnectionInterceptor
{
    public static OwnConnections Interceptor { get; } = new();

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        using var outside = result.IsSuppressed ? null : CallerTransactionScope.Leave();
        if (outside is null)
            return result;

        connection.Open();
        return InterceptionResult.Suppress();
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        using var outside = result.IsSuppressed ? null : CallerTransactionScope.Leave();
        return outside is null ? new(result) : OpenAsync(connection, cancellationToken);
    }

    private static async ValueTask<InterceptionResult> OpenAsync(DbConnection connection, CancellationToken ct)
    {
        await connection.OpenAsync(ct).ConfigureAwait(false);
        return InterceptionResult.Suppress();
    }
}
