"""Discoveries for programs: a survey's tool brings the answers, and takes the proposal along."""
