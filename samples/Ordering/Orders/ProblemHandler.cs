using EventStore.EF;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Ordering.Domain;

namespace Ordering.Orders;

/// <summary>Answers what a client did wrong, or should try again later, with problem details. Anything else stays a 500.</summary>
internal sealed class ProblemHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            RuleViolationException violation => new ProblemDetails
            {
                Status = violation.Kind switch
                {
                    RuleViolationKind.Conflict => StatusCodes.Status409Conflict,
                    RuleViolationKind.NoSuchOrder => StatusCodes.Status404NotFound,
                    _ => StatusCodes.Status400BadRequest,
                },
                Title = "The shop's rules forbid this",
                Detail = violation.Message,
                Extensions = { ["rule"] = violation.Rule },
            },
            BadHttpRequestException bad => new()
            {
                Status = bad.StatusCode,
                Title = "The request can't be read",
                Detail = bad.InnerException?.Message ?? bad.Message,
            },
            EventStoreUnavailableException unavailable => new()
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The database is away",
                Detail = unavailable.OutcomeUnknown
                    ? "The database does not answer. Look at the order before you try again: the request may have been carried out."
                    : "The database does not answer. Please try again.",
            },
            LockTimeoutException => new()
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The database is busy",
                Detail = "Nothing was changed. Please try again.",
            },
            _ => null,
        };
        if (problem is null)
            return ValueTask.FromResult(false);

        context.Response.StatusCode = problem.Status!.Value;
        return problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem, Exception = exception });
    }
}
