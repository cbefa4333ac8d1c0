using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EventStore.EF.Schema;

/// <summary>Refuses LINQ statements that write, such as <c>ExecuteUpdateAsync</c>, before they are compiled.</summary>
internal sealed class ReadOnlyQueries : IQueryExpressionInterceptor
{
    public static ReadOnlyQueries Interceptor { get; } = new();

    public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData)
    {
        new WriteFinder().Visit(queryExpression);
        return queryExpression;
    }

    private sealed class WriteFinder : ExpressionVisitor
    {
        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            // EF Core's own methods besides these two read, or change how a query reads.
            if (node.Method.DeclaringType == typeof(EntityFrameworkQueryableExtensions)
                && node.Method.Name.StartsWith("Execute", StringComparison.Ordinal))
            {
                throw EventStoreDbContext.ReadOnly(node.Method.Name);
            }

            return base.VisitMethodCall(node);
        }
    }
}
