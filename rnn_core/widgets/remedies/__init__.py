"""A recall task trained under several remedies."""
