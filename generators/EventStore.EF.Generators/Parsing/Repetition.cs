using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Decides whether an expression in a constructor has the same value each time the constructor gets the same arguments.</summary>
internal static class Repetition
{
    private static readonly HashSet<string> Immutable = new(StringComparer.Ordinal) { "Uri", "Version", "Lazy" };

    /// <param name="operation">The expression.</param>
    /// <param name="known">The parameters whose values come from the JSON.</param>
    public static bool IsRepeated(IOperation? operation, HashSet<ISymbol> known)
    {
        if (operation is null)
            return false;
        if (operation.ConstantValue.HasValue)
            return true;
        return operation switch
        {
            IParameterReferenceOperation parameter => known.Contains(parameter.Parameter.OriginalDefinition),
            IFieldReferenceOperation { Field.IsStatic: true } field => field.Field.IsReadOnly && IsValue(field.Type),
            IPropertyReferenceOperation { Property.IsStatic: true } property => IsConstant(property.Property),
            IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } => false,
            IPropertyReferenceOperation or IFieldReferenceOperation => All(operation, known),
            IInvocationOperation invocation => IsPure(invocation.TargetMethod) && All(operation, known),
            IObjectCreationOperation creation => IsRepeated(creation, known),
            IThrowOperation => true,
            IDelegateCreationOperation { Target: IAnonymousFunctionOperation function } => !function.Descendants().Any(MakesUpValue),
            IDelegateCreationOperation => false,
            IArrayCreationOperation or ICollectionExpressionOperation or IAwaitOperation or IAssignmentOperation => false,
            ILocalReferenceOperation or IInstanceReferenceOperation or IDynamicInvocationOperation => false,
            ITypeOfOperation or INameOfOperation or IDefaultValueOperation => true,
            _ => All(operation, known),
        };
    }

    private static bool All(IOperation operation, HashSet<ISymbol> known)
    {
        var children = operation.ChildOperations.ToList();
        return children.Count > 0 && children.TrueForAll(child => child is IInterpolatedStringTextOperation || IsRepeated(child, known));
    }

    /// <summary>A new object may be changed later, unless its type doesn't allow that. An empty lock has no state.</summary>
    private static bool IsRepeated(IObjectCreationOperation creation, HashSet<ISymbol> known)
    {
        if (creation.Type is not { } type)
            return false;
        if (creation.Initializer is null && (type.SpecialType == SpecialType.System_Object || type is { Name: "Lock" }))
            return true;
        return (IsValue(type) || (type.ContainingNamespace.IsSystem() && Immutable.Contains(type.Name)))
            && creation.Initializer is null
            && creation.Arguments.All(argument => IsRepeated(argument.Value, known));
    }

    private static bool MakesUpValue(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { IsStatic: true, Parameters.IsEmpty: true } } => true,
        IPropertyReferenceOperation { Property.IsStatic: true } property => !IsConstant(property.Property),
        _ => false,
    };

    private static bool IsValue(ITypeSymbol? type) => type is { IsValueType: true } or { SpecialType: SpecialType.System_String };

    /// <summary>Static properties that never change: <c>TimeSpan.Zero</c> is a field, <c>CultureInfo.InvariantCulture</c> is not.</summary>
    private static bool IsConstant(IPropertySymbol property) => property.Name is "InvariantCulture" or "Empty" or "Zero" or "One"
        && property.ContainingNamespace.IsSystem();

    /// <summary>Methods of the framework compute, but for those that make up a value.</summary>
    private static bool IsPure(IMethodSymbol method)
        => method.ContainingNamespace.IsSystem()
            && method is { ReturnsVoid: false, Name: not "GetHashCode" }
            && method.ContainingType.Name is var name
            && !name.Contains("Random")
            && name is not ("HashCode" or "Environment" or "Stopwatch" or "Activator" or "Interlocked" or "Process" or "File")
            && name is not "TimeProvider"
            && !(name == "Guid" && method.Name is "NewGuid" or "CreateVersion7")
            && IsValue(method.ReturnType);
}
