using Npgsql;

namespace EventStore.EF.PostgreSQL.Order;

/// <summary>Reads the rows of statements that name blocking transactions: <see cref="SettlementStatements.NamedHolders"/>.</summary>
internal static class BlockerRows
{
    public static async Task<List<BlockerRow>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var rows = new List<BlockerRow>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var transaction = new BlockingTransaction(
                reader.IsDBNull(0) ? null : reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : TimeSpan.FromSeconds(reader.GetDouble(2)), reader.IsDBNull(3) ? null : reader.GetString(3))
            {
                Role = reader.IsDBNull(4) ? null : reader.GetString(4),
                IsAppender = reader.GetBoolean(5),
            };
            rows.Add(new(transaction, reader.GetBoolean(6)));
        }

        return rows;
    }
}

/// <summary>A transaction or session that others wait for.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="BlocksAppends">Whether appends wait for it, and not only readers.</param>
internal readonly record struct BlockerRow(BlockingTransaction Transaction, bool BlocksAppends);
